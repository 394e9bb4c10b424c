import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    control,
    type EngineEvent,
    EventLog,
    exitOf,
    type Fault,
    type FaultsMet,
    type Session,
    startPulumi,
    type Workspace,
} from "@landfall/sandbox";

/** Where an engine was killed. */
export interface KillPoint {
    /**
     * `before` and `after`: as the engine's events say. `between`: a request was carried out, and the engine did not
     * get its answer; in the cluster, a moment after `before`.
     */
    readonly moment: "before" | "between" | "after";
    /** The operation and the resource's URN, or the request. */
    readonly what: string;
}

export interface KillOptions {
    readonly place: Workspace;
    readonly session: Session;
    readonly stack: string;
    /** Whether to kill at a point; asked once for each. */
    readonly kills: (point: KillPoint) => boolean;
    /** Which share of the requests goes unanswered, and what chooses them. */
    readonly unanswered: { readonly share: number; readonly seed: number };
    readonly report: (line: string) => void;
}

/** Operations that change nothing. */
const idle = new Set(["same", "read", "refresh", "discard"]);
/** Hosts of what the program makes, with the methods that change something there. */
const writes = [
    { host: "management\\.azure\\.com|.+\\.vault\\.azure\\.net", methods: ["PUT", "PATCH", "DELETE"] },
    { host: "api\\.github\\.com", methods: ["POST", "PUT", "PATCH", "DELETE"] },
];
/** How long the programs that a killed engine had started may take to end by themselves. */
const graceSeconds = 20;

/** Where a command was killed, and how many points it passed in all. */
export interface KilledCommand {
    readonly points: readonly KillPoint[];
    readonly passed: KillCounts;
}

export type KillCounts = Readonly<Record<KillPoint["moment"], number>>;

/** Runs a command of `pulumi`, unless it is killed. Whether it ended by itself. */
export type KilledEngine = (command: readonly string[]) => Promise<boolean>;

/**
 * Lets something run the engine, kills that at each point at which it was not killed before, and lets it run again,
 * until no engine is killed any more.
 *
 * @param attempt what runs the engine. It ends early when an engine does not end by itself.
 * @throws Error with what the engine printed when it fails, or when a program is left behind.
 */
export async function killThrough(
    options: KillOptions,
    attempt: (engine: KilledEngine) => Promise<unknown>,
): Promise<KilledCommand> {
    const { place, unanswered } = options;
    await setFaults(
        place.directory,
        writes.map((hosts) => ({ ...hosts, effect: { kind: "unanswered", ...unanswered } })),
    );
    const runs = new KilledRuns(options);
    try {
        for (let killed = -1; killed < runs.points.length;) {
            killed = runs.points.length;
            await attempt((command) => runs.once(command));
        }
        const requests = await control<FaultsMet>(place.directory, "GET", "/faults");
        const { before, between, after } = runs.passed;
        return { points: runs.points, passed: { before, between: between + requests.passed, after } };
    } finally {
        await setFaults(place.directory, []);
    }
}

class KilledRuns {
    readonly points: KillPoint[] = [];
    private readonly seen = new Set<string>();
    private unanswered = 0;

    constructor(private readonly options: KillOptions) {}

    /** How many points the engine's events had. */
    get passed(): KillCounts {
        const count = (moment: string) => [...this.seen].filter((key) => key.startsWith(`${moment} `)).length;
        return { before: count("before"), between: count("between"), after: count("after") };
    }

    /** Runs a command once. Whether it ended by itself. */
    async once(command: readonly string[]): Promise<boolean> {
        const { place, session, stack } = this.options;
        const output = path.join(place.directory, `drill-${stack}.log`);
        const file = fs.openSync(output, "w", 0o600);
        const started: { engine?: ChildProcess } = {};
        let killedAt: KillPoint | undefined;
        const kill = (point: KillPoint) => {
            if (started.engine?.exitCode === null && killedAt === undefined) {
                killedAt = point;
                this.points.push(point);
                started.engine.kill("SIGKILL");
            }
        };
        const log = new EventLog(path.join(place.directory, `drill-${stack}.json`), (event) => {
            const point = pointOf(event);
            if (point && this.isNew(point) && killedAt === undefined) {
                kill(point);
            }
            const within = point && withinCluster(point);
            if (within && killedAt === undefined && this.isNew(within)) {
                setTimeout(() => kill(within), within.afterMs);
            }
        });
        const engine = startPulumi(
            place,
            session,
            stack,
            [...command, "--event-log", log.pipe],
            ["ignore", file, file],
        );
        started.engine = engine;
        const ended = new AbortController();
        const watching = this.watch(kill, ended.signal);
        const descendants = descendantsOf(engine.pid ?? 0, 200, ended.signal);
        const code = await exitOf(engine);
        ended.abort();
        await Promise.all([watching, log.close()]);
        fs.closeSync(file);
        if (killedAt) {
            await this.checkGone(await descendants);
            this.options.report(`${this.points.length} ${killedAt.moment} ${killedAt.what}`);
            return false;
        }
        if (code !== 0) {
            const last = this.points.at(-1);
            throw new Error(
                `after ${this.points.length} kills, the last ${last?.moment} ${last?.what}:\n${fs.readFileSync(output, "utf8")}`,
            );
        }
        return true;
    }

    private isNew(point: KillPoint): boolean {
        const key = `${point.moment} ${point.what}`;
        if (this.seen.has(key)) {
            return false;
        }
        this.seen.add(key);
        return this.options.kills(point);
    }

    private async watch(kill: (point: KillPoint) => void, ended: AbortSignal): Promise<void> {
        while (!ended.aborted) {
            const { met } = await control<FaultsMet>(this.options.place.directory, "GET", "/faults");
            const what = met.slice(this.unanswered).join(", ");
            if (what !== "") {
                this.unanswered = met.length;
                kill({ moment: "between", what });
            }
            await sleep(50);
        }
    }

    private async checkGone(pids: readonly number[]): Promise<void> {
        const { directory } = this.options.place;
        for (const deadline = Date.now() + graceSeconds * 1000; ; await sleep(100)) {
            // What was begun in the moment of the kill was seen by nobody: no other engine runs in this sandbox.
            const plugins = processes().filter((pid) => commandOf(pid).includes(path.join(directory, "pulumi/")));
            const left = [...pids.filter((pid) => fs.existsSync(`/proc/${pid}`)), ...plugins];
            if (left.length === 0) {
                return;
            }
            if (Date.now() > deadline) {
                throw new Error(`the killed engine left behind: ${left.map(commandOf).join(", ")}`);
            }
        }
    }
}

function pointOf({ resourcePreEvent: before, resOutputsEvent: after }: EngineEvent): KillPoint | undefined {
    const metadata = (before ?? after)?.metadata;
    if (!metadata || idle.has(metadata.op) || isComponent(metadata.type)) {
        return undefined;
    }
    return { moment: before ? "before" : "after", what: `${metadata.op} ${metadata.urn}` };
}

/** A moment after an operation in the cluster was begun, whose requests do not go through the faults. */
function withinCluster({ moment, what }: KillPoint): (KillPoint & { readonly afterMs: number }) | undefined {
    const [, type] = /\$(kubernetes:[^:]+:[^:]+)::/.exec(what) ?? [];
    return moment === "before" && type !== undefined
        ? { moment: "between", what, afterMs: type === "kubernetes:helm.sh/v3:Release" ? 2000 : 200 }
        : undefined;
}

/** What nobody is asked for. */
function isComponent(type: string): boolean {
    return /^(landfall|pulumi:pulumi):/.test(type);
}

async function setFaults(directory: string, faults: readonly Fault[]): Promise<void> {
    await control(directory, "POST", `/faults?faults=${encodeURIComponent(JSON.stringify(faults))}`);
}

/** Every process that a process starts, and those start in turn, until it ends. */
async function descendantsOf(pid: number, milliseconds: number, ended: AbortSignal): Promise<number[]> {
    const found = new Set<number>();
    while (!ended.aborted) {
        const parents = new Map(processes().map((one) => [one, parentOf(one)]));
        for (const one of parents.keys()) {
            let ancestor = parents.get(one);
            while (ancestor !== undefined && ancestor > 1 && ancestor !== pid) {
                ancestor = parents.get(ancestor);
            }
            if (ancestor === pid) {
                found.add(one);
            }
        }
        await sleep(milliseconds);
    }
    return [...found];
}

function processes(): number[] {
    return fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
}

function parentOf(pid: number): number | undefined {
    try {
        return Number(/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    } catch {
        // It has ended meanwhile.
        return undefined;
    }
}

function commandOf(pid: number): string {
    try {
        return `${pid} ${fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
    } catch {
        return `${pid}, which has ended meanwhile`;
    }
}
