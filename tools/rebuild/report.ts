import * as fs from "node:fs";
import type { Journal } from "./journal";
import { type Store, storeLines } from "./stores";

/** What a rebuild did, as `--report` writes it. */
export interface Report {
    readonly stack: string;
    readonly begun: string;
    readonly ended: string;
    readonly attempts: number;
    /** RTO: seconds of work for each part, over all attempts. */
    readonly phases: readonly { readonly name: string; readonly seconds: number }[];
    readonly seconds: number;
    /** RPO: what was written after a store's backup, up to the beginning, is lost. */
    readonly stores: readonly Store[];
    /** Commands for what is left to do. */
    readonly left: readonly string[];
}

export function reportOf(stack: string, journal: Journal, left: readonly string[]): Report {
    return {
        stack,
        ...timesOf(journal),
        stores: journal.stores,
        left: [...journal.stores.flatMap(({ restore }) => restore ?? []), ...left],
    };
}

export function reportText(report: Report): string {
    const { stack, begun, stores, left } = report;
    return [
        "",
        `Stack ${stack} is rebuilt, and everything that Flux makes is Ready.`,
        timeLine(report),
        "Data, as old as its backup was at the beginning",
        ...storeLines(stores, new Date(begun)),
        ...(left.length === 0 ? [] : ["Left to do", ...left.map((line) => `  ${line}`)]),
    ].join("\n");
}

/** Shows a report, and writes it as JSON where a file is named. */
export function giveReport(report: object, text: string, file: string | undefined): void {
    console.log(text);
    if (file) {
        fs.writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
    }
}

/** How long it took, and which part how long. */
export function timeLine({ attempts, phases, seconds }: Pick<Report, "attempts" | "phases" | "seconds">): string {
    const parts = phases.map((phase) => `${phase.name} ${phase.seconds.toFixed(1)}`).join(", ");
    return `Time        ${seconds.toFixed(1)} s (${parts})${attempts > 1 ? `, in ${attempts} attempts` : ""}`;
}

/** What a report says of the time. */
export function timesOf({ begun, attempts, phases: parts }: Pick<Journal, "begun" | "attempts" | "phases">) {
    const phases = parts.map(({ name, ms }) => ({ name, seconds: Math.round(ms / 100) / 10 }));
    const seconds = Math.round(phases.reduce((sum, part) => sum + part.seconds, 0) * 10) / 10;
    return { begun, ended: new Date().toISOString(), attempts, phases, seconds };
}
