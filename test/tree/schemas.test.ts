import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { stringify } from "yaml";
import {
    binary,
    changed,
    ENVIRONMENTS,
    find,
    KubernetesObject,
    layerOf,
    objectsOf,
    setField,
    Tree,
    treeOf,
} from "../support/tree";

const staging = treeOf("staging");

describe("Manifests", () => {
    for (const environment of ENVIRONMENTS) {
        it(`have only fields that Kubernetes and the operators know (${environment})`, () => {
            assert.deepEqual(invalidObjects(treeOf(environment)), []);
        });
    }
});

describe("The check of manifests", () => {
    it("finds a misspelt field of a built-in kind", () => {
        const tree = changed(staging, (copy) => setField(find(copy, "Service"), "spec.port", 80));
        assert.match(invalidObjects(tree).join(), /^Service podinfo: .*additional properties 'port' not allowed/);
    });

    it("finds a misspelt field of a custom resource", () => {
        const tree = changed(staging, (copy) => setField(find(copy, "HelmRelease"), "spec.driftDetections", {}));
        assert.match(invalidObjects(tree).join(), /additional properties 'driftDetections' not allowed/);
    });

    it("finds a number where a string belongs, as substitution may leave one", () => {
        const tree = changed(staging, (copy) =>
            setField(find(copy, "ServiceAccount", "velero"), "metadata.annotations", {
                "azure.workload.identity/client-id": 7,
            }),
        );
        assert.match(invalidObjects(tree).join(), /^ServiceAccount velero: .*got number, want string/);
    });

    it("finds a layer's own misspelt setting", () => {
        const tree = changed(staging, (copy) => setField(layerOf(copy, "infra").kustomization, "spec.waits", true));
        assert.match(invalidObjects(tree).join(), /^Kustomization infra: .*'waits' not allowed/);
    });

    it("refuses a kind that it has no schema for", () => {
        const tree = changed(staging, (copy) => {
            find(copy, "ClusterIssuer").kind = "ClusterIsuer";
        });
        assert.match(invalidObjects(tree).join(), /^ClusterIsuer letsencrypt: .*could not find schema/);
    });
});

/**
 * What kubeconform has to say about each object. Flux takes the `sops` block away before it applies a Secret, so it is
 * taken away here too.
 */
function invalidObjects(tree: Tree): string[] {
    const applied = [...tree.layers.map(({ kustomization }) => kustomization), ...objectsOf(tree).map(withoutSops)];
    const customResource = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json";
    const locations = [
        `test/schemas/kubernetes-1.36/{{.ResourceKind}}{{.KindSuffix}}.json`,
        `test/schemas/flux/${customResource}`,
        `sandbox/charts/schemas/${customResource}`,
    ].flatMap((template) => ["-schema-location", resolve(__dirname, "../..", template)]);
    const input = applied.map((object) => stringify(object)).join("---\n");
    const run = spawnSync(binary("kubeconform"), ["-strict", "-output", "json", "-summary", ...locations], {
        encoding: "utf8",
        input,
    });
    const report = JSON.parse(run.stdout) as Report;
    assert.equal(
        report.summary.valid + report.summary.invalid + report.summary.errors,
        applied.length,
        "kubeconform did not look at every object",
    );
    return report.resources.map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
}

interface Report {
    resources: { kind: string; name: string; msg: string }[];
    summary: { valid: number; invalid: number; errors: number; skipped: number };
}

function withoutSops({ object }: { object: KubernetesObject }): KubernetesObject {
    const applied = { ...object };
    delete applied.sops;
    return applied;
}
