import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { shortenTree, smallTree } from "../support/small-tree";
import { binary } from "../support/tree";

interface Built {
    readonly kind: string;
    readonly apiVersion: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly spec: {
        readonly path: string;
        readonly dependsOn?: readonly { name: string }[];
        readonly healthChecks?: readonly { name: string }[];
    };
}

const tree = path.join(__dirname, "../../gitops");
const environments = fs.readdirSync(path.join(tree, "clusters"));

describe("a tree that is shortened to a few systems", function () {
    this.timeout(60_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-tree-"));

    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    let copies = 0;
    const copy = () => {
        const root = path.join(folder, String((copies += 1)));
        fs.cpSync(tree, root, { recursive: true });
        return root;
    };
    const build = (root: string, target: string) => {
        const manifests = execFileSync(binary("kustomize"), ["build", path.join(root, target)], { encoding: "utf8" });
        return parseAllDocuments(manifests).map((document) => document.toJS() as Built);
    };
    const layersOf = (root: string, environment: string) => build(root, `clusters/${environment}`);
    const layer = (root: string, name: string) =>
        layersOf(root, "staging").find(({ metadata }) => metadata.name === name);
    const objectsOf = (root: string, environment: string) =>
        layersOf(root, environment).flatMap(({ spec }) => build(root, spec.path.replace("${service_mesh}", "istio")));

    for (const environment of environments) {
        describe(environment, () => {
            let root: string;
            let objects: Built[];

            before(() => {
                root = copy();
                shortenTree(root, smallTree);
                objects = objectsOf(root, environment);
            });

            it("builds, with the releases of those systems and podinfo", () => {
                const releases = objects
                    .filter(({ kind }) => kind === "HelmRelease")
                    .map(({ metadata }) => metadata.name);
                assert.deepEqual(releases.sort(), [...smallTree].sort());
                assert.ok(objects.some(({ kind, metadata }) => kind === "Deployment" && metadata.name === "podinfo"));
            });

            it("has layers that depend on layers that there are", () => {
                const layers = layersOf(root, environment);
                const names = layers.map(({ metadata }) => metadata.name);
                const needed = layers.flatMap(({ spec }) => spec.dependsOn ?? []).map(({ name }) => name);
                assert.deepEqual(
                    needed.filter((name) => !names.includes(name)),
                    [],
                );
            });

            it("has no object in a namespace that nothing makes", () => {
                const made = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
                const used = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
                assert.deepEqual(
                    used.filter((name) => ![...made, "default", "kube-system", "flux-system"].includes(name)),
                    [],
                );
            });
        });
    }

    describe("leaves out", () => {
        let root: string;

        before(() => {
            root = copy();
            addMesh(root);
            shortenTree(root, ["traefik", "prometheus-operator-crds"]);
        });

        it("a release that is not named, with the patches of it", () => {
            const names = objectsOf(root, "production").map(({ kind, metadata }) => `${kind} ${metadata.name}`);
            assert.ok(names.includes("HelmRelease traefik") && !names.includes("HelmRelease cert-manager"));
        });

        it("objects of kinds that only such a release's chart defines, inside the folder of a system too", () => {
            const kinds = new Set(objectsOf(root, "staging").map(({ kind }) => kind));
            assert.ok(!kinds.has("ClusterIssuer") && !kinds.has("Certificate") && kinds.has("Ingress"));
        });

        it("layers without objects, on whose own dependencies the others depend then", () => {
            assert.equal(layer(root, "extra-mesh"), undefined);
            assert.deepEqual(layer(root, "apps")?.spec.dependsOn, [{ name: "infra" }]);
        });

        it("health checks of releases that are gone", () => {
            const names = layer(root, "apps")?.spec.healthChecks?.map(({ name }) => name);
            assert.deepEqual(names, ["traefik"]);
        });
    });

    it("keeps a release that another one depends on", () => {
        const root = copy();
        edit(path.join(root, "systems/traefik/release.yaml"), (release) => {
            (release.spec as Record<string, unknown>).dependsOn = [{ name: "cert-manager" }];
        });
        shortenTree(root, ["traefik"]);
        const names = objectsOf(root, "staging").map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        assert.ok(names.includes("HelmRelease cert-manager"));
    });

    it("names a system that the tree does not have", () => {
        assert.throws(() => shortenTree(copy(), ["treafik"]), /no folder .* is named treafik; there are .*traefik/);
    });
});

function edit(file: string, change: (object: Record<string, unknown>) => void): void {
    const object = parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
    change(object);
    fs.writeFileSync(file, stringify(object));
}

/** A layer with a variable in its path, whose only object needs cert-manager; and a Certificate beside podinfo. */
function addMesh(root: string): void {
    const certificate = stringify({
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "mesh", namespace: "podinfo" },
        spec: { secretName: "mesh", issuerRef: { name: "letsencrypt" } },
    });
    const mesh = path.join(root, "extra-mesh/istio/staging");
    fs.mkdirSync(mesh, { recursive: true });
    fs.writeFileSync(path.join(mesh, "certificate.yaml"), certificate);
    fs.writeFileSync(path.join(mesh, "kustomization.yaml"), stringify({ resources: ["certificate.yaml"] }));
    fs.writeFileSync(path.join(root, "systems/podinfo/certificate.yaml"), certificate);
    edit(path.join(root, "systems/podinfo/kustomization.yaml"), ({ resources }) =>
        (resources as string[]).push("certificate.yaml"),
    );
    const cluster = path.join(root, "clusters/staging");
    const apps = parse(fs.readFileSync(path.join(cluster, "apps.yaml"), "utf8")) as Built;
    const own = { name: "extra-mesh", namespace: "flux-system" };
    const spec = { ...apps.spec, path: "./extra-mesh/${service_mesh}/staging", dependsOn: [{ name: "infra" }] };
    fs.writeFileSync(path.join(cluster, "extra-mesh.yaml"), stringify({ ...apps, metadata: own, spec }));
    edit(path.join(cluster, "kustomization.yaml"), ({ resources }) => (resources as string[]).push("extra-mesh.yaml"));
    edit(path.join(cluster, "apps.yaml"), (layer) => {
        const release = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", namespace: "flux-system" };
        const healthChecks = ["traefik", "cert-manager"].map((name) => ({ ...release, name }));
        Object.assign(layer.spec as object, { dependsOn: [{ name: "extra-mesh" }], healthChecks });
    });
}
