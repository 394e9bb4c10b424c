import assert from "node:assert/strict";
import { check } from "../../tools/tree/check";
import { describeFinding } from "../../tools/tree/finding";
import { find } from "../../tools/tree/tree";
import { clusterOf, committedTree } from "../support/tree";
import { type Edit, renderedWith } from "../support/tree-copy";

const list = "clusters/staging/kustomization.yaml";

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

    it("are added by copying the example's folder and listing it", async () => {
        const { sources } = await committedTree();
        const copies = sources.below("tenants/team-example").map((file): Edit => ({
            file: file.replace("team-example", "orders"),
            text: sources.text(file).replaceAll("team-example", "orders"),
        }));
        const patch = "      - { op: add, path: /spec/components/0, value: ../../tenants/orders }\n";
        const listed = {
            file: list,
            from: "patches:\n",
            to: `patches:\n  - target: { name: tenants }\n    patch: |\n${patch}`,
        };
        const tree = await renderedWith([...copies, listed]);
        const findings = await check(tree, ["builds", "tenants", "tenant-role", "namespaces", "schemas"]);
        assert.equal(findings.map(describeFinding).join("\n"), "");
        assert.equal(find(clusterOf(tree, "staging"), "ResourceQuota").object.metadata.namespace, "orders");
    });
});
