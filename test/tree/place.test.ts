import * as assert from "node:assert/strict";
import type { Path } from "../../tools/tree/object";
import { at, find, manifestsOf } from "../../tools/tree/tree";
import { clusterOf } from "../support/tree";
import { type Edit, renderedWith } from "../support/tree-copy";

/** The text of the line at which the value of an object stands, after the file's name. */
async function lineOf(
    edits: readonly Edit[],
    [kind, name]: readonly [string, string],
    path: Path,
    environment = "staging",
): Promise<string> {
    const tree = await renderedWith(edits, { environments: [environment], meshes: ["istio"] });
    const cluster = clusterOf(tree, environment);
    const prefixed = manifestsOf(cluster).find(({ object }) => object.metadata.name.startsWith(`${name}-`));
    const manifest = kind === "ConfigMap" && prefixed ? prefixed : find(cluster, kind, name);
    const { file, line } = at(manifest, path);
    return `${file}: ${tree.sources.text(file).split("\n")[line - 1]?.trim()}`;
}

const traefik = ["HelmRelease", "traefik"] as const;
const overlay = "clusters/staging/infra/kustomization.yaml";
const inline = (patch: string): Edit => ({ file: overlay, from: /metadata:[^]*/, to: `patches:\n${patch}` });

describe("The place of a value", () => {
    it("is its line in the object's own file", async () => {
        assert.equal(
            await lineOf([], traefik, "spec.values.service.spec.externalTrafficPolicy"),
            "systems/traefik/release.yaml: externalTrafficPolicy: Local",
        );
    });

    it("is the line around it, for a value that is nowhere", async () => {
        assert.equal(
            await lineOf([], traefik, "spec.values.service.spec.ports.web"),
            "systems/traefik/release.yaml: spec:",
        );
    });

    it("is in the environment's patch, for a value that one sets", async () => {
        assert.equal(
            await lineOf([], traefik, "spec.values.deployment.replicas", "production"),
            "systems/traefik/release-production.yaml: replicas: 3",
        );
    });

    it("is in the object's own file, for a value beside those that a patch sets", async () => {
        assert.equal(
            await lineOf([], traefik, "spec.values.deployment.kind", "production"),
            "systems/traefik/release.yaml: values:",
        );
    });

    it("is in the object that it is copied from, for a value that a replacement sets", async () => {
        assert.equal(
            await lineOf([], ["OCIRepository", "istiod"], "spec.ref.tag"),
            "systems/istio/istio-base/source.yaml: tag: 1.30.3",
        );
    });

    it("is in what all releases have in common, for a value that no release sets", async () => {
        assert.equal(await lineOf([], traefik, "spec.interval"), "policies/releases/all.yaml: interval: 30m");
        assert.equal(
            await lineOf([], ["HelmRelease", "memcached"], "spec.upgrade.remediation.retries"),
            "policies/releases/roll-back.yaml: retries: 3",
        );
    });

    it("is the line of a patch that stands in the kustomization.yaml", async () => {
        const patch =
            "  - target: { kind: HelmRelease, name: traefik }\n    patch: |\n      apiVersion: a/v1\n      kind: HelmRelease\n" +
            "      metadata:\n        name: any\n      spec:\n        timeout: 20m\n";
        assert.equal(await lineOf([inline(patch)], traefik, "spec.timeout"), `${overlay}: timeout: 20m`);
    });

    it("is the operation of a JSON patch", async () => {
        const patch =
            "  - target: { kind: HelmRelease, name: traefik }\n    patch: |\n" +
            "      - op: replace\n        path: /spec/timeout\n        value: 20m\n";
        assert.equal(await lineOf([inline(patch)], traefik, "spec.timeout"), `${overlay}: - op: replace`);
    });

    it("is the tag in the list of images, for a container's image", async () => {
        assert.match(
            await lineOf([], ["Deployment", "podinfo"], "spec.template.spec.containers.0.image"),
            /^clusters\/staging\/apps\/kustomization\.yaml: newTag: /,
        );
    });

    it("is the name of a generator, for what it makes", async () => {
        const generator: Edit = {
            file: "layers/canary/kustomization.yaml",
            from: "patches:\n",
            to: "configMapGenerator:\n  - name: made\n    namespace: flux-system\n    literals: [a=b]\npatches:\n",
        };
        assert.equal(
            await lineOf([generator], ["ConfigMap", "made"], "data.a"),
            "layers/canary/kustomization.yaml: - name: made",
        );
    });
});
