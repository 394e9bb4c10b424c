import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { list, textAt } from "../../tools/tree/object";
import { renderTree } from "../../tools/tree/render";
import { dependenciesOf, manifestsOf } from "../../tools/tree/tree";
import { shortenTree, smallTree } from "../support/small-tree";
import { clusterOf } from "../support/tree";

const tree = path.join(__dirname, "../../gitops");
const environments = environmentsIn(tree);

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
    const clusterIn = async (root: string, environment: string) => {
        const rendered = await renderTree(root, { environments: [environment], meshes: ["istio"] });
        assert.deepEqual(rendered.failures, []);
        return clusterOf(rendered, environment);
    };
    const objectsOf = async (root: string, environment: string) =>
        manifestsOf(await clusterIn(root, environment)).map(({ object }) => object);
    const layer = async (root: string, name: string) =>
        (await clusterIn(root, "staging")).layers.find((each) => each.isListed && each.name === name);
    const namesOf = async (root: string, environment: string) =>
        (await objectsOf(root, environment)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

    for (const environment of environments) {
        describe(environment, () => {
            let root: string;
            let objects: Awaited<ReturnType<typeof objectsOf>>;

            before(async () => {
                root = copy();
                shortenTree(root, smallTree);
                objects = await objectsOf(root, environment);
            });

            it("builds, with the releases of those systems and podinfo", () => {
                const releases = objects
                    .filter(({ kind }) => kind === "HelmRelease")
                    .map(({ metadata }) => metadata.name);
                assert.deepEqual(releases.sort(), [...smallTree].sort());
                assert.ok(objects.some(({ kind, metadata }) => kind === "Deployment" && metadata.name === "podinfo"));
            });

            it("has layers that depend on layers that there are", async () => {
                const layers = (await clusterIn(root, environment)).layers.filter(({ isListed }) => isListed);
                const names = layers.map(({ name }) => name);
                assert.ok(names.includes("canary") && names.length < 20, names.join());
                assert.deepEqual(
                    layers.flatMap(dependenciesOf).filter((name) => !names.includes(name)),
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

        it("a release that is not named, with the patches of it", async () => {
            const names = await namesOf(root, "production");
            assert.ok(names.includes("HelmRelease traefik") && !names.includes("HelmRelease cert-manager"));
        });

        it("objects of kinds that only such a release's chart defines, inside the folder of a system too", async () => {
            const kinds = new Set((await objectsOf(root, "staging")).map(({ kind }) => kind));
            assert.ok(!kinds.has("ClusterIssuer") && !kinds.has("Certificate") && kinds.has("Ingress"));
        });

        it("layers without objects, on whose own dependencies the others depend then", async () => {
            assert.equal(await layer(root, "extra-mesh"), undefined);
            const apps = await layer(root, "apps");
            assert.deepEqual(apps && dependenciesOf(apps), ["infra"]);
        });

        it("health checks of releases that are gone", async () => {
            const checks = list((await layer(root, "apps"))?.kustomization.object, "spec.healthChecks");
            assert.deepEqual(
                checks.map((check) => textAt(check, "name")),
                ["traefik"],
            );
        });
    });

    it("keeps a release that another one depends on", async () => {
        const root = copy();
        edit(path.join(root, "systems/traefik/release.yaml"), (release) => {
            (release.spec as Record<string, unknown>).dependsOn = [{ name: "cert-manager" }];
        });
        shortenTree(root, ["traefik"]);
        assert.ok((await namesOf(root, "staging")).includes("HelmRelease cert-manager"));
    });

    it("names a system that the tree does not have", () => {
        assert.throws(() => shortenTree(copy(), ["treafik"]), /no folder .* is named treafik; there are .*traefik/);
    });
});

type Document = Record<string, unknown>;

/** Changes the first object of a file. */
function edit(file: string, change: (object: Document) => void): void {
    const objects = read(file);
    change(objects[0] ?? {});
    write(file, objects);
}

function read(file: string): Document[] {
    return parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => document.toJS() as Document);
}

function write(file: string, objects: readonly unknown[]): void {
    fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
}

/** A layer with a variable in its path, whose only object needs cert-manager; and a Certificate beside podinfo. */
function addMesh(root: string): void {
    const certificate = stringify({
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "mesh", namespace: "podinfo" },
        spec: { secretName: "mesh", issuerRef: { name: "letsencrypt" } },
    });
    const mesh = path.join(root, "layers/extra-istio");
    fs.mkdirSync(mesh, { recursive: true });
    fs.writeFileSync(path.join(mesh, "certificate.yaml"), certificate);
    fs.writeFileSync(path.join(mesh, "kustomization.yaml"), stringify({ resources: ["certificate.yaml"] }));
    fs.writeFileSync(path.join(root, "systems/podinfo/certificate.yaml"), certificate);
    edit(path.join(root, "systems/podinfo/kustomization.yaml"), ({ resources }) =>
        (resources as string[]).push("certificate.yaml"),
    );
    const layers = path.join(root, "clusters/base");
    const [apps, generator] = read(path.join(layers, "apps.yaml")) as [{ spec: object }, object];
    const own = { name: "extra-mesh", namespace: "flux-system" };
    const spec = { ...apps.spec, path: "./layers/extra-${service_mesh}", dependsOn: [{ name: "infra" }] };
    write(path.join(layers, "extra-mesh.yaml"), [
        { ...apps, metadata: own, spec },
        { ...generator, metadata: own },
    ]);
    edit(path.join(root, "clusters/staging/kustomization.yaml"), ({ resources }) =>
        (resources as string[]).push("../base/extra-mesh.yaml"),
    );
    edit(path.join(layers, "apps.yaml"), (layer) => {
        const release = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", namespace: "flux-system" };
        const healthChecks = ["traefik", "cert-manager"].map((name) => ({ ...release, name }));
        Object.assign(layer.spec as object, { dependsOn: [{ name: "extra-mesh" }], healthChecks });
    });
}
