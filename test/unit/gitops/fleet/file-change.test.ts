import * as assert from "node:assert/strict";
import { describeChange } from "../../../../components/gitops/fleet/file-change";

const lines = (count: number, version: number, every: number) =>
    Array.from({ length: count }, (_, at) => `line${at}: ${at % every === 0 ? `v${version}-${at}` : "same"}\n`).join(
        "",
    );

describe("a file that a commit would change", () => {
    it("has its lines as a unified diff, and their numbers", () => {
        const change = describeChange({
            path: "a.yaml",
            kind: "changed",
            before: "a: 1\nb: 1\n",
            after: "a: 1\nb: 2\n",
        });
        assert.deepEqual(change, {
            path: "a.yaml",
            kind: "changed",
            addedLines: 1,
            removedLines: 1,
            diff: "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 1\n+b: 2",
        });
    });

    it("takes no minutes where much of a large file changes, and is counted all the same", function () {
        this.timeout(20_000);
        const began = process.cpuUsage();
        const change = describeChange({
            path: "crds.yaml",
            kind: "changed",
            before: lines(60_000, 1, 2),
            after: `${lines(60_000, 2, 2)}more\n`,
        });
        const seconds = (process.cpuUsage(began).user + process.cpuUsage(began).system) / 1e6;
        assert.ok(seconds < 10, `${seconds} s`);
        assert.deepEqual([change.addedLines, change.removedLines], [30_001, 30_000]);
        assert.equal(change.diff, "--- a/crds.yaml\n+++ b/crds.yaml\n(too many lines change to show them)");
    });

    it("is shown where little of a large file changes", () => {
        const [before, after] = [lines(60_000, 1, 1000), lines(60_000, 2, 1000)];
        const change = describeChange({ path: "crds.yaml", kind: "changed", before, after });
        assert.deepEqual([change.addedLines, change.removedLines], [60, 60]);
        assert.match(change.diff, /-line0: v1-0\n\+line0: v2-0/);
    });

    it("is counted whole where it is new or gone", () => {
        const text = lines(5000, 1, 1);
        const added = describeChange({ path: "a", kind: "added", after: text });
        const removed = describeChange({ path: "a", kind: "removed", before: text });
        assert.deepEqual([added.addedLines, added.removedLines], [5000, 0]);
        assert.deepEqual([removed.addedLines, removed.removedLines], [0, 5000]);
    });
});
