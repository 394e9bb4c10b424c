import * as fs from "node:fs";

/** One step of an update, as the engine logs it. */
export interface Step {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    /** The inputs that make a replacement necessary. */
    readonly keys?: readonly string[];
}

/** The steps in the engine's event log, in the order in which they began. */
export function stepsIn(eventLog: string): Step[] {
    return fs
        .readFileSync(eventLog, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { resourcePreEvent?: { metadata: Step } })
        .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
}
