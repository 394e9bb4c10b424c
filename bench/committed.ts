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
export async function save({ machine, results }: BenchReport, measurements: readonly Measurement[]): Promise<string[]> {
    const merged: BenchReport = { machine, results: { ...readCommitted(machine)?.results, ...results } };
    const [data, page] = [fileOf(machine, "json"), fileOf(machine, "md")];
    fs.mkdirSync(resultsFolder, { recursive: true });
    fs.writeFileSync(data, await formatted(JSON.stringify(merged), "json"));
    fs.writeFileSync(page, await pageOf(merged, measurements));
    return [data, page].map((file) => path.relative(process.cwd(), file));
}

/** The report for people as it is committed. */
export function pageOf(report: BenchReport, measurements: readonly Measurement[]): Promise<string> {
    return formatted(markdown(report, measurements), "md");
}

/** As the repository's other files are. */
async function formatted(text: string, extension: string): Promise<string> {
    const file = path.join(resultsFolder, `report.${extension}`);
    return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function fileOf({ platform, cpus }: Machine, extension: string): string {
    return path.join(resultsFolder, `${platform}-${cpus}-cores.${extension}`);
}
