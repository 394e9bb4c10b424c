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
    const phases = journal.phases.map(({ name, ms }) => ({ name, seconds: Math.round(ms / 100) / 10 }));
    return {
        stack,
        begun: journal.begun,
        ended: new Date().toISOString(),
        attempts: journal.attempts,
        phases,
        seconds: Math.round(phases.reduce((sum, { seconds }) => sum + seconds, 0) * 10) / 10,
        stores: journal.stores,
        left: [...journal.stores.flatMap(({ restore }) => restore ?? []), ...left],
    };
}

export function reportText({ stack, begun, attempts, phases, seconds, stores, left }: Report): string {
    const parts = phases.map((phase) => `${phase.name} ${phase.seconds.toFixed(1)}`).join(", ");
    return [
        "",
        `Stack ${stack} is rebuilt, and everything that Flux makes is Ready.`,
        `Time        ${seconds.toFixed(1)} s (${parts})${attempts > 1 ? `, in ${attempts} attempts` : ""}`,
        "Data, as old as its backup was at the beginning",
        ...storeLines(stores, new Date(begun)),
        ...(left.length === 0 ? [] : ["Left to do", ...left.map((line) => `  ${line}`)]),
    ].join("\n");
}
