/** The status of a pod that runs on the host, as a kubelet reports it. */
import type { V1ContainerState } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import type { Exit } from "../processes";
import { mainContainer, type Pod, podPath } from "./pod";

type State = { readonly [K in keyof V1ContainerState]: object };

export class PodStatus {
    private readonly startTime: string;
    private restarts: number;
    private lastState: State = {};
    private ready: boolean | undefined;
    private readySince: string;

    constructor(
        private readonly api: KubernetesApi,
        private readonly pod: Pod,
        private readonly podIp: string,
    ) {
        this.startTime = pod.status?.startTime ?? now();
        this.readySince = this.startTime;
        this.restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0;
    }

    /** The container does not run: `reason` as kubelets name it, such as ContainerCreating or CrashLoopBackOff. */
    waiting(reason: string, message?: string): Promise<void> {
        return this.report(this.restarts === 0 ? "Pending" : "Running", false, { waiting: { reason, message } });
    }

    running(startedAt: string, ready: boolean): Promise<void> {
        return this.report("Running", ready, { running: { startedAt } });
    }

    /** Counts a restart; what the container ended with becomes its last state. */
    ended(startedAt: string, exit: Exit): void {
        const exitCode = exit.code ?? 137;
        const reason = exitCode === 0 ? "Completed" : "Error";
        this.lastState = { terminated: { exitCode, reason, startedAt, finishedAt: now() } };
        this.restarts += 1;
    }

    private async report(phase: string, ready: boolean, state: State): Promise<void> {
        if (ready !== this.ready) {
            this.ready = ready;
            this.readySince = now();
        }
        const container = mainContainer(this.pod);
        const condition = (type: string, status: boolean, lastTransitionTime: string) => ({
            type,
            status: status ? "True" : "False",
            lastTransitionTime,
            reason: status || type === "Initialized" ? null : "ContainersNotReady",
        });
        await this.api.patch(`${podPath(this.pod)}/status`, {
            metadata: { uid: this.pod.metadata.uid },
            status: {
                phase,
                startTime: this.startTime,
                podIP: this.podIp,
                // Merged by address otherwise, which would keep the one from before a restart of the cluster.
                podIPs: [{ ip: this.podIp }, { $patch: "replace" }],
                conditions: [
                    condition("Initialized", true, this.startTime),
                    condition("ContainersReady", ready, this.readySince),
                    condition("Ready", ready, this.readySince),
                ],
                containerStatuses: [
                    {
                        name: container.name,
                        image: container.image,
                        imageID: container.image,
                        ready,
                        started: "running" in state,
                        restartCount: this.restarts,
                        state,
                        lastState: this.lastState,
                    },
                ],
            },
        });
    }
}

export function now(): string {
    return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
