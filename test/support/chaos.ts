import { setTimeout as sleep } from "node:timers/promises";
import { control, type WorldStatus } from "@landfall/sandbox";

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

/** Programs that something starts again when they end: Flux's controllers by the kubelet, the others by the control plane. */
const victims = ["kube-apiserver", "source-controller", "kustomize-controller", "helm-controller", "flux-operator"];

/**
 * Kills programs of the one cluster of a sandbox, one after the other, each without warning, until told to stop; no two
 * are killed within two seconds. Gives their names in the order of their ends.
 */
export function restartAtRandom(sandbox: string, random: () => number): { stop(): Promise<string[]> } {
    const stopped = new AbortController();
    const killed: string[] = [];
    const running = (async () => {
        while (!stopped.signal.aborted) {
            await sleep(2000 + random() * 6000, undefined, { signal: stopped.signal }).catch(() => undefined);
            const name = victims[Math.floor(random() * victims.length)]!;
            const { clusters } = await control<WorldStatus>(sandbox, "GET", "/status");
            const found = clusters[0]?.processes.find((process) => process.name.startsWith(name));
            if (found && !stopped.signal.aborted) {
                process.kill(found.pid, "SIGKILL");
                killed.push(name);
            }
        }
        return killed;
    })();
    return {
        stop: () => {
            stopped.abort();
            return running;
        },
    };
}
