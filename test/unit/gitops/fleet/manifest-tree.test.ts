import * as assert from "node:assert/strict";
import * as path from "node:path";
import { loadManifestTree, syntaxProblems } from "../../../../components/gitops/fleet/manifest-tree";

const gitops = path.join(__dirname, "../../../../gitops");

describe("the tree of a stack", () => {
    it("holds its own environment and nothing of the others", () => {
        const files = Object.keys(loadManifestTree(gitops, "staging"));
        assert.ok(files.some((file) => file.startsWith("clusters/staging/")));
        assert.deepEqual(
            files.filter((file) => file.includes("production")),
            [],
        );
    });

    it("refuses an environment that has no folder, naming those that have one", () => {
        assert.throws(() => loadManifestTree(gitops, "qa"), /landfall:environment: .*production, staging/);
    });

    it("reports broken YAML with file, line and column", () => {
        const [problem] = syntaxProblems({ "apps/x.yaml": "a: 1\nb: [1, 2\nc: 3\n" });
        assert.match(problem ?? "", /^gitops\/apps\/x\.yaml:\d+:\d+: /);
    });
});
