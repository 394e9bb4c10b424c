import type { Bench } from "./bench";

/** A figure of one run divided by another of the same run: smaller is better, and the machine's speed cancels out. */
export interface Ratio {
    readonly name: string;
    readonly value: number;
    /** What it is to be at most; absent where nobody has said what is good. */
    readonly aim?: number;
    /** Where the time goes, for a ratio that misses its aim. */
    readonly why?: string;
}

export interface Table {
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
}

export interface Result {
    readonly tables: readonly Table[];
    readonly ratios: readonly Ratio[];
    /** What a reader has to know of how it was measured. */
    readonly notes: readonly string[];
}

/** One part of the bench, which can be run singly. */
export interface Measurement {
    /** What `--only` calls it. */
    readonly name: string;
    readonly title: string;
    readonly run: (bench: Bench) => Promise<Result>;
}
