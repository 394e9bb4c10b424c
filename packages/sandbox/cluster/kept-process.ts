import { setTimeout as sleep } from "node:timers/promises";
import { describeExit, type ProcessOptions, startProcess } from "../processes";

const delayMs = { first: 500, most: 10_000, resetAfter: 30_000 };

/** A program that is started again when it ends by itself, as the kubelet does with a control plane's static pod. */
export interface KeptProcess {
    readonly name: string;
    /** The process that runs now; undefined between one and the next. */
    running(): { readonly name: string; readonly pid: number } | undefined;
    /** As in SupervisedProcess, of the first process. */
    ready(probe: () => Promise<boolean>): Promise<void>;
    /** Ends it for good: SIGTERM, and SIGKILL after `graceMs`. */
    stop(graceMs: number): Promise<void>;
}

/**
 * Starts the first process. Throws when the command cannot be started.
 *
 * @param report hears of each end that nobody asked for.
 */
export async function keepProcess(options: ProcessOptions, report: (message: string) => void): Promise<KeptProcess> {
    const stopped = new AbortController();
    const first = await startProcess(options);
    let current = first;
    const kept = keep();

    async function keep(): Promise<void> {
        for (let delay = delayMs.first; !stopped.signal.aborted; delay = Math.min(delay * 2, delayMs.most)) {
            const began = Date.now();
            const exit = await current.exited;
            if (stopped.signal.aborted) {
                return;
            }
            report(`${options.name} ended with ${describeExit(exit)} and is started again`);
            if (Date.now() - began > delayMs.resetAfter) {
                delay = delayMs.first;
            }
            await sleep(delay, undefined, { signal: stopped.signal }).catch(() => undefined);
            await startAgain();
        }
        await current.stop();
    }

    async function startAgain(): Promise<void> {
        if (!stopped.signal.aborted) {
            await startProcess(options).then(
                (process) => (current = process),
                (error: unknown) => report(String(error)),
            );
        }
    }

    return {
        name: options.name,
        running: () => (current.running() ? { name: current.name, pid: current.pid } : undefined),
        ready: (probe) => first.ready(probe),
        async stop(graceMs) {
            stopped.abort();
            await current.stop(graceMs);
            await kept;
        },
    };
}
