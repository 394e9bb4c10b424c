import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    changed,
    ENVIRONMENTS,
    find,
    layerOf,
    list,
    renderTree,
    SAMPLE_VARIABLES,
    setField,
    Tree,
    TREE_ROOT,
    treeOf,
} from "../support/tree";
import { faults, TENANT, wideRules } from "../support/tenants";

const base = join(TREE_ROOT, "tenants/base");
const teams = readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
/** Every team's folder, whether an environment lists it or not. */
const all = withTeams(teams);

describe("Tenants", () => {
    for (const environment of ENVIRONMENTS) {
        it(`are complete where they are listed (${environment})`, () => {
            assert.deepEqual(faults(treeOf(environment)), []);
        });
    }

    it("are complete where they are not listed yet", () => {
        assert.ok(teams.includes("team-example"));
        assert.deepEqual(faults(all), []);
    });

    it("are none until somebody lists one", () => {
        const kinds = layerOf(treeOf("staging"), "tenants").objects.map(({ kind }) => kind);
        assert.ok(kinds.includes("ClusterRole") && !kinds.includes("Namespace"));
    });

    it("are added by copying the example's folder and listing it", () => {
        const tree = withTeams(["orders"], (folder) => {
            cpSync(join(folder, "team-example"), join(folder, "orders"), { recursive: true });
            for (const file of readdirSync(join(folder, "orders"))) {
                const path = join(folder, "orders", file);
                writeFileSync(path, readFileSync(path, "utf8").replaceAll("team-example", "orders"));
            }
        });
        assert.deepEqual(faults(tree), []);
        assert.equal(find(tree, "ResourceQuota").metadata.namespace, "orders");
    });

    it("get a role with which nobody reaches beyond a namespace or widens its own fence", () => {
        assert.deepEqual(wideRules(find(all, "ClusterRole", "tenant")), []);
    });
});

describe("The rules on tenants", () => {
    for (const kind of [
        "ServiceAccount",
        "RoleBinding",
        "ResourceQuota",
        "LimitRange",
        "NetworkPolicy",
        "GitRepository",
        "Kustomization",
    ]) {
        it(`find a tenant without ${kind}`, () => {
            const tree = changed(all, (copy) => {
                const layer = layerOf(copy, "tenants");
                layer.objects = layer.objects.filter((object) => object.kind !== kind);
            });
            assert.ok(faults(tree).includes(`team-example: has no ${kind}`), faults(tree).join());
        });
    }

    for (const [what, kind, path, value, fault] of [
        ["a lower pod security", "Namespace", "metadata.labels", { [TENANT]: "team-example" }, /pod security/],
        ["a namespace that is pruned", "Namespace", "metadata.annotations", undefined, /would be pruned/],
        ["a wider role", "RoleBinding", "roleRef.name", "cluster-admin", /binds cluster-admin/],
        ["another subject", "RoleBinding", "subjects", [{ kind: "Group", name: "all" }], /binds .* to Group all/],
        ["the platform's account", "Kustomization", "spec.serviceAccountName", "kustomize-controller", /acts as kust/],
        ["no account", "Kustomization", "spec.serviceAccountName", undefined, /acts as undefined/],
        ["no target namespace", "Kustomization", "spec.targetNamespace", undefined, /applies to undefined/],
        ["decryption", "Kustomization", "spec.decryption", { provider: "sops" }, /decrypts/],
        ["the fleet repository", "Kustomization", "spec.sourceRef.namespace", "flux-system", /source of flux-system/],
        ["no pruning", "Kustomization", "spec.prune", false, /does not prune/],
        ["no timeout", "Kustomization", "spec.timeout", undefined, /has no timeout/],
        ["an open network", "NetworkPolicy", "spec.policyTypes", ["Ingress"], /does not deny/],
        ["a network of some pods", "NetworkPolicy", "spec.podSelector", { matchLabels: { a: "b" } }, /does not deny/],
        ["the platform's namespace", "ResourceQuota", "metadata.namespace", "flux-system", /in no tenant's namespace/],
    ] as const) {
        it(`find ${what}`, () => {
            const tree = changed(all, (copy) =>
                setField(find(copy, kind, kind === "Namespace" ? "team-example" : undefined), path, value),
            );
            assert.match(faults(tree).join("\n"), fault);
        });
    }

    it("find an object of the whole cluster", () => {
        const tree = changed(all, (copy) => {
            const { apiVersion } = find(copy, "RoleBinding");
            layerOf(copy, "tenants").objects.push({
                apiVersion,
                kind: "ClusterRoleBinding",
                metadata: { name: "any" },
            });
        });
        assert.deepEqual(faults(tree), ["ClusterRoleBinding any: is in no tenant's namespace"]);
    });

    for (const rule of [
        { apiGroups: ["*"], resources: ["configmaps"], verbs: ["get"] },
        { apiGroups: [""], resources: ["*"], verbs: ["get"] },
        { apiGroups: [""], resources: ["configmaps"], verbs: ["*"] },
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] },
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["bind"] },
        { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
        { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
        { apiGroups: [""], resources: ["resourcequotas"], verbs: ["update"] },
        { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["create"] },
    ]) {
        it(`find the right to ${rule.verbs.join()} ${rule.resources.join()} of group "${rule.apiGroups.join()}"`, () => {
            const role = structuredClone(find(all, "ClusterRole", "tenant"));
            list(role, "rules").push(rule);
            assert.equal(wideRules(role).length, 1);
        });
    }
});

/** The tree of staging with these teams listed, after a change of the folder of teams. */
function withTeams(names: readonly string[], change: (folder: string) => void = () => undefined): Tree {
    const copy = mkdtempSync(join(tmpdir(), "tree-"));
    try {
        cpSync(TREE_ROOT, copy, { recursive: true });
        change(join(copy, "tenants/base"));
        const overlay = join(copy, "tenants/staging/kustomization.yaml");
        const listed = new Set(["../base", ...names.map((name) => `../base/${name}`)]);
        const text = readFileSync(overlay, "utf8").replace(/^ {2}- .*\n/gm, "");
        writeFileSync(overlay, `${text}${[...listed].map((path) => `  - ${path}\n`).join("")}`);
        return renderTree(copy, "staging", SAMPLE_VARIABLES);
    } finally {
        rmSync(copy, { recursive: true });
    }
}
