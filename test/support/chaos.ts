import { setTimeout as sleep } from "node:timers/promises";
import { control, type WorldStatus } from "@landfall/sandbox";

/**
 * Programs that something starts again when they end: Flux's controllers by the kubelet, the others by the control
 * plane.
 */
const victims = ["kube-apiserver", "source-controller", "kustomize-controller", "helm-controller", "flux-operator"];

/**
 * Kills programs of the one cluster of a sandbox without warning, in rounds: a round kills each of them once, in random
 * order, with 2 to 8 seconds between two. It waits for a program that is down, so that a round means the same on any
 * machine.
 */
export class Restarts {
    private readonly stopped = new AbortController();
    private readonly killed: string[] = [];
    private readonly running: Promise<void>;

    constructor(
        private readonly sandbox: string,
        private readonly random: () => number,
    ) {
        this.running = this.run();
    }

    /** Waits until as many rounds have begun and ended from now on. */
    async rounds(count: number): Promise<void> {
        const begun = Math.ceil(this.killed.length / victims.length);
        while (this.killed.length < (begun + count) * victims.length) {
            await Promise.race([this.running, sleep(300)]);
        }
    }

    /** Kills no more. Gives the names in the order of their ends. */
    async stop(): Promise<readonly string[]> {
        this.stopped.abort();
        await this.running;
        return this.killed;
    }

    private async run(): Promise<void> {
        const { signal } = this.stopped;
        while (!signal.aborted) {
            for (const name of this.shuffled()) {
                await sleep(2000 + this.random() * 6000, undefined, { signal }).catch(() => undefined);
                await this.kill(name);
            }
        }
    }

    private async kill(name: string): Promise<void> {
        while (!this.stopped.signal.aborted) {
            const { clusters } = await control<WorldStatus>(this.sandbox, "GET", "/status");
            const found = clusters[0]?.processes.find((process) => process.name.startsWith(name));
            if (found && killed(found.pid)) {
                this.killed.push(name);
                return;
            }
            await sleep(300);
        }
    }

    private shuffled(): string[] {
        return victims
            .map((name) => ({ name, at: this.random() }))
            .sort((left, right) => left.at - right.at)
            .map(({ name }) => name);
    }
}

/** Kills a process; false when it had ended already. */
function killed(pid: number): boolean {
    try {
        return process.kill(pid, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") {
            return false;
        }
        throw error;
    }
}
