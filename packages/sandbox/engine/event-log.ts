import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { createInterface } from "node:readline";

/** What happened in an update: the part that is read here. */
export interface EngineEvent {
    readonly timestamp: number;
    readonly resourcePreEvent?: { readonly metadata: StepMetadata };
    readonly resOutputsEvent?: { readonly metadata: StepMetadata };
    readonly diagnosticEvent?: { readonly severity: string };
    readonly summaryEvent?: { readonly resourceChanges: Readonly<Record<string, number>> };
}

interface StepMetadata {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
}

export interface Phase {
    readonly name: string;
    readonly ms: number;
}

export interface EngineSummary {
    readonly changes: Readonly<Record<"create" | "update" | "replace" | "delete" | "same", number>>;
    /** Number of resources by type. */
    readonly resources: Readonly<Record<string, number>>;
    readonly phases: readonly Phase[];
    readonly times: StepTimes;
}

/** How long the engine's steps took, in seconds, by the resource's URN: of a replacement, all of its steps. */
export type StepTimes = ReadonlyMap<string, number>;

/** The resources whose completion ends a phase, in order. */
const milestones = [
    { name: "cluster", type: "azure-native:containerservice:ManagedCluster" },
    { name: "flux", type: "kubernetes:fluxcd.controlplane.io/v1:FluxInstance" },
] as const;

/**
 * Steps after which the resource is there as the program wants it. A replacement has others besides: it deletes the old
 * resources first, those in a cluster before the cluster.
 */
const completing = new Set(["create", "create-replacement", "import", "import-replacement", "update"]);

/**
 * Reads what the engine wrote to its event log (one JSON object a line; timestamps in seconds). There is none when the
 * engine refused the stack's configuration.
 */
export function summarize(file: string, startedAt: number, endedAt: number): EngineSummary {
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    const lines = text.split("\n").filter(Boolean);
    const events = lines.map((line) => JSON.parse(line) as EngineEvent);
    const changes = events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
    const steps = events.flatMap((event) => event.resourcePreEvent?.metadata ?? []).filter(({ op }) => op !== "delete");
    const resources: Record<string, number> = {};
    for (const [, type] of new Map(steps.map(({ urn, type }) => [urn, type]))) {
        resources[type] = (resources[type] ?? 0) + 1;
    }
    const count = (op: string) => changes[op] ?? 0;
    return {
        changes: {
            create: count("create") + count("import"),
            update: count("update"),
            replace: count("replace"),
            delete: count("delete"),
            same: count("same"),
        },
        resources,
        phases: phasesOf(events, startedAt, endedAt),
        times: timesOf(events),
    };
}

function timesOf(events: readonly EngineEvent[]): StepTimes {
    const begun = new Map<string, number>();
    const times = new Map<string, number>();
    for (const { timestamp, resourcePreEvent: before, resOutputsEvent: after } of events) {
        if (before) {
            begun.set(before.metadata.urn, timestamp);
        }
        const start = after && begun.get(after.metadata.urn);
        if (after && start !== undefined) {
            times.set(after.metadata.urn, (times.get(after.metadata.urn) ?? 0) + timestamp - start);
        }
    }
    return times;
}

function phasesOf(events: readonly EngineEvent[], startedAt: number, endedAt: number): Phase[] {
    const phases: Phase[] = [];
    let from = startedAt;
    for (const { name, type } of milestones) {
        const done = events.find(
            ({ resOutputsEvent: step }) => step?.metadata.type === type && completing.has(step.metadata.op),
        );
        if (done) {
            // The log has whole seconds only.
            const at = Math.min(Math.max(done.timestamp * 1000, from), endedAt);
            phases.push({ name, ms: at - from });
            from = at;
        }
    }
    return [...phases, { name: phases.length > 0 ? "layers" : "update", ms: endedAt - from }];
}

/**
 * An event log without the engine's debug messages: nobody reads them, and Pulumi's SDK writes the outputs of resources
 * into them as they are, secrets too. The engine writes to a pipe, so that they are on no disk at any time.
 */
export class EventLog {
    /** What the engine is given for `--event-log`. */
    readonly pipe: string;
    private readonly writer: number;
    private readonly copied: Promise<void>;

    /** The log is written to `file`, which is emptied; `heard` gets each event as soon as it is there. */
    constructor(file: string, heard: (event: EngineEvent) => void = () => undefined) {
        this.pipe = `${file}.pipe`;
        fs.rmSync(this.pipe, { force: true });
        const { status, stderr } = spawnSync("mkfifo", ["-m", "600", this.pipe], { encoding: "utf8" });
        if (status !== 0) {
            throw new Error(`mkfifo ${this.pipe}: ${stderr}`);
        }
        const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
        const reader = new net.Socket({ fd: fs.openSync(this.pipe, O_RDONLY | O_NONBLOCK), readable: true });
        // While somebody may write, the pipe does not end; the engine opens it later, or never.
        this.writer = fs.openSync(this.pipe, O_WRONLY | O_NONBLOCK);
        this.copied = copyEvents(reader, file, heard);
    }

    /** Resolves once all that the engine wrote is in the file; for when the engine has ended. */
    async close(): Promise<void> {
        fs.closeSync(this.writer);
        await this.copied;
        fs.rmSync(this.pipe);
    }
}

async function copyEvents(reader: net.Socket, file: string, heard: (event: EngineEvent) => void): Promise<void> {
    const output = fs.openSync(file, "w", 0o600);
    for await (const line of createInterface({ input: reader })) {
        const event = line === "" ? undefined : eventIn(line);
        if (event && event.diagnosticEvent?.severity !== "debug") {
            fs.writeSync(output, `${line}\n`);
            heard(event);
        }
    }
    fs.closeSync(output);
}

/** Undefined for the half of a line that an engine wrote which was killed. */
function eventIn(line: string): EngineEvent | undefined {
    try {
        return JSON.parse(line) as EngineEvent;
    } catch {
        return undefined;
    }
}
