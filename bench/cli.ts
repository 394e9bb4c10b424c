import * as os from "node:os";
import { parseArgs } from "node:util";
import { runCommand } from "../tools/run-command";
import { Bench } from "./bench";
import { BenchError } from "./bench-error";
import { readCommitted, save, thisMachine } from "./committed";
import type { Measurement } from "./measurement";
import { measurements } from "./measurements";
import { regressions } from "./regressions";
import { type BenchReport, markdown } from "./report";
import { SandboxError } from "@landfall/sandbox";
import { ToolchainError } from "@landfall/toolchain";

const usage = `Usage: npm run bench [-- --only PART,…] [--check] [--save]
       npm run bench -- --quick [--only PART,…]

  --only     these parts: ${measurements.map(({ name }) => name).join(", ")}
  --check    fail when a ratio is more than 20 % worse than the committed one of such a machine
  --save     write the results to bench/results, to be committed
  --quick    small sizes, to see that the bench works

Prints a report in Markdown. Leave the machine alone meanwhile: what else runs is measured too.`;

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            only: { type: "string" },
            check: { type: "boolean", default: false },
            save: { type: "boolean", default: false },
            quick: { type: "boolean", default: false },
        },
    });
    if (values.quick && (values.check || values.save)) {
        throw new BenchError("--quick: its sizes are others, so that there is nothing to compare or to save");
    }
    const machine = thisMachine();
    const committed = readCommitted(machine);
    if (values.check && committed === undefined) {
        throw new BenchError(
            `--check: bench/results has nothing of ${machine.platform} with ${machine.cpus} cores; run with --save first`,
        );
    }
    const report: BenchReport = { machine, results: await run(selected(values.only), values.quick) };
    console.log(markdown(report, measurements));
    if (values.save) {
        console.error(`Written: ${(await save(report, measurements)).join(", ")}`);
    }
    const worse = values.check && committed !== undefined ? regressions(committed, report) : [];
    worse.forEach((line) => console.error(line));
    return worse.length > 0 ? 1 : 0;
}

function selected(only: string | undefined): Measurement[] {
    const names = only?.split(",").map((name) => name.trim()) ?? measurements.map(({ name }) => name);
    const unknown = names.filter((name) => !measurements.some((measurement) => measurement.name === name));
    if (unknown.length > 0) {
        const known = measurements.map(({ name }) => name).join(", ");
        throw new BenchError(`--only ${unknown.join(",")}: there is no such part; parts are ${known}`);
    }
    return measurements.filter(({ name }) => names.includes(name));
}

async function run(parts: readonly Measurement[], quick: boolean): Promise<BenchReport["results"]> {
    const bench = new Bench(quick, (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`));
    const results: Record<string, BenchReport["results"][string]> = {};
    const [load = 0] = os.loadavg();
    try {
        for (const part of parts) {
            bench.log(part.title);
            const started = Date.now();
            const result = await part.run(bench);
            const minutes = (Date.now() - started) / 60_000;
            results[part.name] = { date: new Date().toISOString().slice(0, 10), minutes, load, ...result };
        }
    } finally {
        await bench.remove();
    }
    return results;
}

runCommand(main, { usage, forPeople: [BenchError, SandboxError, ToolchainError] });
