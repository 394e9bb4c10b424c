import { type Bench, stack } from "../bench";
import { Program, updatePlatform, writeEmptyProgram } from "../engine";
import type { Measurement, Result } from "../measurement";
import { lastOf, median } from "../statistics";

/** What an update costs that has nothing to do, against what Pulumi itself costs. */
export const noChange: Measurement = {
    name: "no-change",
    title: "An update without changes, against an empty Pulumi program",
    run: measure,
};

async function measure(bench: Bench): Promise<Result> {
    const { checkout } = await bench.platform();
    const empty = new Program(checkout, writeEmptyProgram(checkout), "empty");
    await empty.create();
    const runs = [];
    for (let run = 0; run < (bench.quick ? 1 : 5); run++) {
        runs.push({ ours: await updatePlatform(checkout, stack), theirs: await empty.update() });
    }
    const ours = median(runs.map((run) => run.ours.seconds));
    const theirs = median(runs.map((run) => run.theirs.seconds));
    const { azureCalls, githubCalls } = lastOf(runs).ours;
    return {
        tables: [
            {
                head: ["`pulumi up`", "median", "to Azure", "to GitHub"],
                rows: [
                    ["of the whole platform", `${ours.toFixed(1)} s`, String(azureCalls), String(githubCalls)],
                    ["of an empty program", `${theirs.toFixed(1)} s`, "0", "0"],
                ],
            },
        ],
        ratios: [{ name: "no-change `up` / empty program", value: ours / theirs }],
        notes: [`${runs.length} of each, in turn.`],
    };
}
