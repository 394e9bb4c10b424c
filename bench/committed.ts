import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { format, resolveConfig } from "prettier";
import type { Measurement } from "./measurement";
import { type BenchReport, type Machine, markdown } from "./report";

/** Holds the committed reports: for each class of machines one as JSON, and one for people. */
export const resultsFolder = path.join(__dirname, "results");

export function thisMachine(): Machine {
    return { platform: `${process.platform}-${process.arch}`, cpus: os.availableParallelism() };
}

/** The committed report of a class of machines; undefined if there is none. */
export function readCommitted(machine: Machine): BenchReport | undefined {
    const file = fileOf(machine, "json");
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as BenchReport) : undefined;
}

/** Writes a report to be committed. Parts that this run did not measure stay as they are. Gives the files. */
export async function save(report: BenchReport, measurements: readonly Measurement[]): Promise<string[]> {
    const { machine } = report;
    const results = { ...readCommitted(machine)?.results, ...report.results };
    const merged: BenchReport = { machine, results };
    const written = [
        await write(fileOf(machine, "json"), JSON.stringify(merged)),
        await write(fileOf(machine, "md"), markdown(merged, measurements)),
    ];
    return written;
}

async function write(file: string, text: string): Promise<string> {
    fs.mkdirSync(resultsFolder, { recursive: true });
    fs.writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
    return path.relative(process.cwd(), file);
}

function fileOf({ platform, cpus }: Machine, extension: string): string {
    return path.join(resultsFolder, `${platform}-${cpus}-cores.${extension}`);
}
