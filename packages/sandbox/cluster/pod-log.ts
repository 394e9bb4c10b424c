/** Reads the log of a pod that runs on the host, as a kubelet answers for a container's. */
import { open, readFile, stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export interface PodLog {
    readonly file: string;
    /** Aborted when the pod is deleted. */
    readonly ended: AbortSignal;
}

/** What `kubectl logs` asks for. */
export interface LogOptions {
    readonly follow: boolean;
    /** The last lines alone. @default - all */
    readonly tailLines?: number | undefined;
    /** Milliseconds since 1970; lines without a time belong to the line before. @default - from the start */
    readonly since?: number | undefined;
    /** @default - all */
    readonly limitBytes?: number | undefined;
}

/** What cannot be answered, in words for whoever asked. */
export class NoLog extends Error {}

const pollMs = 300;

/** The options in the query of a kubelet's address. Throws NoLog for what is not known of the host's logs. */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
    if (query.get("previous") === "true") {
        throw new NoLog("the sandbox keeps the log of all runs of a container in one: leave --previous out");
    }
    if (query.get("timestamps") === "true") {
        throw new NoLog("the sandbox notes no time of a line, and the program's own is in it: leave --timestamps out");
    }
    const seconds = query.get("sinceSeconds");
    const time = query.get("sinceTime");
    return {
        follow: query.get("follow") === "true",
        tailLines: numberOf(query, "tailLines"),
        since: seconds !== null ? now - Number(seconds) * 1000 : time !== null ? Date.parse(time) : undefined,
        limitBytes: numberOf(query, "limitBytes"),
    };
}

/** Writes what is asked for; with `follow`, until the pod is deleted or nobody reads any more. */
export async function writeLog({ file, ended }: PodLog, options: LogOptions, output: Writable): Promise<void> {
    const content = await readFile(file);
    let left = options.limitBytes ?? Infinity;
    const write = (bytes: Buffer) => {
        output.write(bytes.subarray(0, Math.min(left, bytes.length)));
        left -= bytes.length;
    };
    write(Buffer.from(selected(content.toString("utf8"), options), "utf8"));
    let offset = content.length;
    while (options.follow && left > 0 && !output.destroyed) {
        const { size } = await stat(file);
        if (size > offset) {
            const added = await readFrom(file, offset, size - offset);
            offset += added.length;
            write(added);
        } else if (ended.aborted) {
            return;
        } else {
            await sleep(pollMs, undefined, { signal: ended }).catch(() => undefined);
        }
    }
}

async function readFrom(file: string, position: number, length: number): Promise<Buffer> {
    const handle = await open(file);
    try {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
    } finally {
        await handle.close();
    }
}

function selected(text: string, { since, tailLines }: LogOptions): string {
    // The last line need not be complete.
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    let isSince = since === undefined;
    const recent = lines.filter((line) => {
        const time = timeOf(line);
        isSince = since === undefined || (time === undefined ? isSince : time >= since);
        return isSince;
    });
    return recent.slice(tailLines === undefined ? 0 : Math.max(recent.length - tailLines, 0)).join("");
}

/** When a line was written: Flux's programs say it in each, as JSON. */
function timeOf(line: string): number | undefined {
    const time = /"ts":"([^"]+)"/.exec(line)?.[1];
    return time === undefined || Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time);
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
    const value = query.get(name);
    return value === null ? undefined : Number(value);
}
