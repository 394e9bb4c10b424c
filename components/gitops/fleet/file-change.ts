import { createTwoFilesPatch } from "diff";
import type { Change } from "./fleet-branch";

/** A file that a commit would change. */
export interface FileChange {
    readonly path: string;
    readonly kind: Change["kind"];
    readonly addedLines: number;
    readonly removedLines: number;
    /** Unified diff; one line that says so if too much of the file changes. */
    readonly diff: string;
}

/**
 * Lines that a diff has at the most. The time to find one grows with their square: a second for this many, minutes for
 * the definitions of a large operator. Nobody reads more.
 */
const longestDiff = 2000;

/** What changes in a file, for whoever reads a preview. */
export function describeChange({ path, kind, before = "", after = "" }: Change): FileChange {
    const from = kind === "added" ? "/dev/null" : `a/${path}`;
    const to = kind === "removed" ? "/dev/null" : `b/${path}`;
    const options = { context: 3, maxEditLength: longestDiff };
    const patch = createTwoFilesPatch(from, to, before, after, undefined, undefined, options);
    if (patch === undefined) {
        const { added, removed } = countLines(before, after);
        const diff = `--- ${from}\n+++ ${to}\n(too many lines change to show them)`;
        return { path, kind, addedLines: added, removedLines: removed, diff };
    }
    const [, ...lines] = patch.trimEnd().split("\n");
    const count = (sign: string) => lines.slice(2).filter((line) => line.startsWith(sign)).length;
    return { path, kind, addedLines: count("+"), removedLines: count("-"), diff: lines.join("\n") };
}

/** How many lines one text has that the other has not, each as often as it stands there; whatever their order. */
function countLines(before: string, after: string): { added: number; removed: number } {
    const counts = new Map<string, number>();
    const add = (text: string, sign: number) =>
        linesOf(text).forEach((line) => counts.set(line, (counts.get(line) ?? 0) + sign));
    add(after, 1);
    add(before, -1);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.max(value, 0), 0);
    const all = [...counts.values()];
    return { added: sum(all), removed: sum(all.map((count) => -count)) };
}

function linesOf(text: string): string[] {
    return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
