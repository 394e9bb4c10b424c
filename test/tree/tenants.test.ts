import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { addTeam } from "../../tools/tree/add-team";
import { check } from "../../tools/tree/check";
import { describeFinding } from "../../tools/tree/finding";
import { textAt } from "../../tools/tree/object";
import { renderTree } from "../../tools/tree/render";
import { find } from "../../tools/tree/tree";
import { clusterOf, committedTree, treeRoot } from "../support/tree";

describe("Tenants", () => {
    it("are none until somebody lists one", async () => {
        const layer = clusterOf(await committedTree(), "staging").layers.find(({ name }) => name === "tenants");
        const kinds = layer?.manifests.map(({ object }) => object.kind) ?? [];
        assert.ok(kinds.includes("ClusterRole") && !kinds.includes("Namespace"));
        assert.ok(
            clusterOf(await committedTree(), "staging").optional.some(
                ({ object }) => object.metadata.name === "team-example",
            ),
        );
    });

    it("are added by npm run tree -- add team, in the environments that it names", async () => {
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "tree-team-"));
        try {
            fs.cpSync(treeRoot, root, { recursive: true });
            const url = "https://github.com/example/orders";
            const written = addTeam(root, "orders", { url, environments: ["staging", "production"] });
            assert.ok(written.includes("clusters/production/kustomization.yaml"));
            const tree = await renderTree(root);
            assert.equal((await check(tree)).map(describeFinding).join("\n"), "");
            for (const environment of ["staging", "production"]) {
                const cluster = clusterOf(tree, environment);
                assert.equal(find(cluster, "ResourceQuota").object.metadata.namespace, "orders");
                assert.equal(textAt(find(cluster, "GitRepository", "team").object, "spec.url"), url);
                const namespace = find(cluster, "Namespace", "orders").object;
                assert.equal(textAt(namespace, ["metadata", "annotations", "landfall/addresses"]), url);
            }
        } finally {
            fs.rmSync(root, { recursive: true });
        }
    });

    it("are refused with a name that is taken or invalid, or in an environment that does not exist", () => {
        const team = { environments: ["staging"] };
        assert.throws(() => addTeam(treeRoot, "team-helm", team), /tenants\/team-helm exists/);
        assert.throws(() => addTeam(treeRoot, "velero", team), /systems\/velero exists/);
        assert.throws(() => addTeam(treeRoot, "-a", team), /-a cannot be the name of a team/);
        assert.throws(
            () => addTeam(treeRoot, "orders", { environments: ["qa"] }),
            /--environment qa does not exist; environments are production, staging/,
        );
        assert.ok(!fs.existsSync(path.join(treeRoot, "tenants/orders")));
    });
});
