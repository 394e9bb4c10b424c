import * as assert from "node:assert/strict";
import * as path from "node:path";
import { loadManifestTree } from "../../../../components/gitops/fleet/manifest-tree";

const gitops = path.join(__dirname, "../../../../gitops");

describe("the tree of a stack", () => {
    it("holds its own environment, what all share, and no other environment's folder", () => {
        const files = Object.keys(loadManifestTree(gitops, "staging"));
        for (const folder of ["clusters/base/", "clusters/staging/", "layers/", "systems/"]) {
            assert.ok(
                files.some((file) => file.startsWith(folder)),
                folder,
            );
        }
        assert.deepEqual(
            files.filter((file) => file.startsWith("clusters/production/")),
            [],
        );
    });

    it("does not take what all layers share for an environment", () => {
        assert.throws(() => loadManifestTree(gitops, "base"), /landfall:environment: .*production, staging/);
    });

    it("refuses an environment that has no folder, naming those that have one", () => {
        assert.throws(() => loadManifestTree(gitops, "qa"), /landfall:environment: .*production, staging/);
    });
});
