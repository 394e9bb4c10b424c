import * as assert from "node:assert/strict";
import { regressions } from "../../../bench/regressions";
import type { BenchReport } from "../../../bench/report";

describe("npm run bench -- --check", () => {
    it("finds a ratio that is more than a fifth worse, and none that is less or better", () => {
        const committed = reportOf({ files: { seconds: 0.5 }, "no-change": { time: 2 } });
        assert.deepEqual(
            regressions(committed, reportOf({ files: { seconds: 0.59 }, "no-change": { time: 0.1 } })),
            [],
        );
        assert.deepEqual(regressions(committed, reportOf({ files: { seconds: 0.61 } })), [
            "files: seconds is 0.610, 1.22 times the committed 0.500",
        ]);
    });

    it("finds a committed ratio that is measured no more, in the parts that ran", () => {
        const committed = reportOf({ files: { seconds: 0.5, calls: 0.1 }, "no-change": { time: 2 } });
        assert.deepEqual(regressions(committed, reportOf({ files: { seconds: 0.5 } })), [
            "files: calls was not measured; committed is 0.100",
        ]);
    });

    it("says nothing of what is new", () => {
        assert.deepEqual(regressions(reportOf({}), reportOf({ files: { seconds: 9 } })), []);
    });
});

function reportOf(parts: Readonly<Record<string, Readonly<Record<string, number>>>>): BenchReport {
    const results = Object.entries(parts).map(([part, ratios]) => [
        part,
        {
            ...{ date: "2026-01-01", minutes: 1, load: 0, tables: [], notes: [] },
            ratios: Object.entries(ratios).map(([name, value]) => ({ name, value })),
        },
    ]);
    return {
        machine: { platform: "linux-x64", cpus: 2 },
        results: Object.fromEntries(results) as BenchReport["results"],
    };
}
