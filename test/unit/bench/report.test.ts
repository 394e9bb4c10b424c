import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { pageOf, resultsFolder } from "../../../bench/committed";
import { measurements } from "../../../bench/measurements";
import { type BenchReport, markdown } from "../../../bench/report";

const committed = fs.existsSync(resultsFolder) ? fs.readdirSync(resultsFolder) : [];

describe("the report of the bench", () => {
    it("names a ratio that misses its aim, with the reason, and no other", () => {
        const text = markdown(
            {
                machine: { platform: "linux-x64", cpus: 2 },
                results: {
                    "no-change": {
                        ...{ date: "2026-01-01", minutes: 1, load: 0, tables: [], notes: [] },
                        ratios: [
                            { name: "slow", value: 3, aim: 2, why: "It sleeps." },
                            { name: "fast", value: 1, aim: 2, why: "It does not." },
                        ],
                    },
                },
            },
            measurements,
        );
        assert.match(text, /\*\*slow misses its aim\.\*\* It sleeps\./);
        assert.match(text, /\| no-change +\| slow +\| 3\.00 +\| ≤ 2\.00, missed +\|/);
        assert.doesNotMatch(text, /fast misses|It does not/);
    });

    it("says that others had the machine too", () => {
        const at = (load: number) => {
            const result = { date: "2026-01-01", minutes: 1, load, tables: [], notes: [], ratios: [] };
            return markdown({ machine: { platform: "linux-x64", cpus: 2 }, results: { files: result } }, measurements);
        };
        assert.match(at(7.25), /Others had the machine too\*\*: its load average was 7\.3 on 2 cores/);
        assert.doesNotMatch(at(0.3), /Others/);
    });

    for (const file of committed.filter((name) => name.endsWith(".json"))) {
        it(`is committed as a page that says what ${file} has`, async () => {
            const report = JSON.parse(fs.readFileSync(path.join(resultsFolder, file), "utf8")) as BenchReport;
            const page = path.join(resultsFolder, file.replace(/json$/, "md"));
            assert.equal(fs.readFileSync(page, "utf8"), await pageOf(report, measurements));
            const names = measurements.map(({ name }) => name);
            assert.deepEqual(
                Object.keys(report.results).filter((name) => !names.includes(name)),
                [],
                "a part that is measured no more",
            );
        });
    }
});
