import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
    changed,
    ENVIRONMENTS,
    field,
    find,
    KubernetesObject,
    label,
    layerOf,
    layersBefore,
    list,
    objectsOf,
    setField,
    Tree,
    TREE_ROOT,
    treeOf,
} from "../support/tree";

const staging = treeOf("staging");

describe("Layers", () => {
    for (const environment of ENVIRONMENTS) {
        describe(environment, () => {
            const tree = treeOf(environment);

            it("build, and none is empty", () => {
                assert.deepEqual(
                    tree.layers.filter(({ objects }) => objects.length === 0).map(({ name }) => name),
                    [],
                );
            });

            it("depend on layers that exist, in no circle", () => {
                assert.deepEqual(brokenDependencies(tree), []);
            });

            it("say how long they may take, when to try again, as whom, and wait until they are ready", () => {
                assert.deepEqual(brokenSettings(tree), []);
            });

            it("never prune namespaces or custom resource definitions", () => {
                assert.deepEqual(unsafePruning(tree), []);
            });

            it("come after the layers that make their namespaces", () => {
                assert.deepEqual(missingNamespaces(tree), []);
            });

            it("hold each object once", () => {
                assert.deepEqual(duplicates(tree), []);
            });
        });
    }

    it("are all explained in the tree's README", () => {
        assert.deepEqual(unexplained(staging, readFileSync(join(TREE_ROOT, "README.md"), "utf8")), []);
    });

    it("differ between environments only by their path", () => {
        const settings = ENVIRONMENTS.map((environment) =>
            JSON.stringify(treeOf(environment).layers.map(({ kustomization }) => kustomization)).replaceAll(
                `/${environment}"`,
                `/environment"`,
            ),
        );
        assert.equal(new Set(settings).size, 1);
    });
});

describe("The rules on layers", () => {
    it("find a dependency on a layer that does not exist", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "apps", "dependsOn", [{ name: "databases" }]));
        assert.deepEqual(brokenDependencies(tree), ["apps depends on databases, which does not exist"]);
    });

    it("find a circle", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "namespaces", "dependsOn", [{ name: "apps" }]));
        assert.ok(brokenDependencies(tree).includes("apps depends on itself"));
    });

    it("find a layer that orders applying but not readiness", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "infra", "wait", false));
        assert.deepEqual(brokenSettings(tree), ["infra neither waits nor has health checks"]);
    });

    for (const setting of ["interval", "timeout", "retryInterval", "prune", "serviceAccountName", "sourceRef"]) {
        it(`find a layer without ${setting}`, () => {
            const tree = changed(staging, (copy) => setSpec(copy, "infra", setting, undefined));
            assert.match(brokenSettings(tree).join(), new RegExp(`^infra .*${setting}`));
        });
    }

    it("find a layer that cannot decrypt, or gets no variables", () => {
        const tree = changed(staging, (copy) => {
            setSpec(copy, "apps", "decryption", undefined);
            setSpec(copy, "apps", "postBuild", undefined);
        });
        assert.equal(brokenSettings(tree).length, 2);
    });

    it("find a layer that reads another layer's folder", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "infra", "path", "./apps/staging"));
        assert.deepEqual(brokenSettings(tree), ['infra sets path to "./apps/staging", not "./infra/staging"']);
    });

    it("find namespaces that would be pruned", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "namespaces", "prune", true));
        assert.equal(unsafePruning(tree).length, 1);
    });

    it("find definitions that would be pruned", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "crds", "prune", true));
        assert.equal(unsafePruning(tree).length, 1);
    });

    it("find an object in a namespace that no earlier layer makes", () => {
        const tree = changed(staging, (copy) => {
            find(copy, "Deployment").metadata.namespace = "nowhere";
        });
        assert.deepEqual(missingNamespaces(tree), ["apps: Deployment nowhere/podinfo needs namespace nowhere"]);
    });

    it("find a release into a namespace that a layer makes which it does not depend on", () => {
        const tree = changed(staging, (copy) => setSpec(copy, "infra", "dependsOn", [{ name: "crds" }]));
        assert.ok(missingNamespaces(tree).includes("infra: HelmRelease flux-system/traefik needs namespace traefik"));
    });

    it("find a layer that the README leaves out, and one that it invents", () => {
        assert.deepEqual(unexplained(staging, "| `crds` | definitions |\n| `databases` | databases |\n").slice(0, 2), [
            "README.md explains databases, which is no layer",
            "README.md does not explain apps",
        ]);
    });

    it("find an object that two layers hold", () => {
        const tree = changed(staging, (copy) => layerOf(copy, "infra").objects.push(find(copy, "Namespace")));
        assert.equal(duplicates(tree).length, 1);
    });
});

function brokenDependencies(tree: Tree): string[] {
    const names = new Set(tree.layers.map(({ name }) => name));
    const unknown = tree.layers.flatMap(({ name, kustomization }) =>
        list(kustomization, "spec.dependsOn")
            .map((dependency) => String(field(dependency, "name")))
            .filter((dependency) => !names.has(dependency))
            .map((dependency) => `${name} depends on ${dependency}, which does not exist`),
    );
    if (unknown.length > 0) return unknown;
    return [...names].filter((name) => layersBefore(tree, name).has(name)).map((name) => `${name} depends on itself`);
}

function brokenSettings(tree: Tree): string[] {
    return tree.layers.flatMap(({ name, kustomization }) => {
        const expected: Record<string, unknown> = {
            path: `./${name}/${tree.environment}`,
            serviceAccountName: "kustomize-controller",
            sourceRef: { kind: "GitRepository", name: "flux-system" },
            decryption: { provider: "sops", secretRef: { name: "sops-gpg" } },
            postBuild: { substituteFrom: [{ kind: "ConfigMap", name: "cluster-vars" }] },
        };
        const wrong = Object.entries(expected)
            .map(([key, value]) => ({ key, want: JSON.stringify(value), have: field(kustomization, `spec.${key}`) }))
            .filter(({ want, have }) => JSON.stringify(have) !== want)
            .map(({ key, want, have }) => `${name} sets ${key} to ${JSON.stringify(have) ?? "nothing"}, not ${want}`);
        const absent = ["interval", "timeout", "retryInterval", "prune"]
            .filter((key) => field(kustomization, `spec.${key}`) === undefined)
            .map((key) => `${name} does not set ${key}`);
        const waits = field(kustomization, "spec.wait") === true || list(kustomization, "spec.healthChecks").length > 0;
        const place = kustomization.metadata.namespace === "flux-system" ? [] : [`${name} is not in flux-system`];
        return [...wrong, ...absent, ...(waits ? [] : [`${name} neither waits nor has health checks`]), ...place];
    });
}

function unsafePruning(tree: Tree): string[] {
    return tree.layers
        .filter(({ name, objects }) => name === "crds" || objects.some(isPrunedNamespace))
        .filter(({ kustomization }) => field(kustomization, "spec.prune") !== false)
        .map(({ name }) => `${name} prunes`);
}

function isPrunedNamespace({ kind, metadata }: KubernetesObject): boolean {
    const annotations = metadata.annotations as Record<string, string> | undefined;
    return kind === "Namespace" && annotations?.["kustomize.toolkit.fluxcd.io/prune"] !== "disabled";
}

/** A layer's own Namespaces count as well for what is in them: Flux applies them before the rest. */
function missingNamespaces(tree: Tree): string[] {
    return objectsOf(tree).flatMap(({ layer, object }) => {
        const before = layersBefore(tree, layer);
        const made = objectsOf(tree)
            .filter((other) => other.object.kind === "Namespace")
            .filter((other) => before.has(other.layer) || other.layer === layer);
        const existing = new Set(["flux-system", ...made.map((other) => other.object.metadata.name)]);
        return [object.metadata.namespace, field(object, "spec.targetNamespace")]
            .filter((namespace) => typeof namespace === "string" && !existing.has(namespace))
            .map((namespace) => `${layer}: ${label(object)} needs namespace ${String(namespace)}`);
    });
}

function duplicates(tree: Tree): string[] {
    const labels = objectsOf(tree).map(({ object }) => label(object));
    return labels.filter((name, index) => labels.indexOf(name) !== index);
}

function unexplained(tree: Tree, readme: string): string[] {
    const explained = [...readme.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name = ""]) => name);
    const names = tree.layers.map(({ name }) => name);
    return [
        ...explained
            .filter((name) => !names.includes(name))
            .map((name) => `README.md explains ${name}, which is no layer`),
        ...names.filter((name) => !explained.includes(name)).map((name) => `README.md does not explain ${name}`),
    ];
}

function setSpec(tree: Tree, layer: string, key: string, value: unknown): void {
    setField(layerOf(tree, layer).kustomization, `spec.${key}`, value);
}
