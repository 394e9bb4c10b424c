/**
 * The kubelet of the pods that run on the host: follows the API server's pods, starts and ends their processes, and
 * reports their status. It serves all nodes at once; every other pod is kwok's.
 */
import { follow } from "../kubernetes/follow";
import { isHostPod, type Pod, podPath } from "./pod";
import type { PodAddresses } from "./pod-addresses";
import type { PodLog } from "./pod-log";
import { type HostNode, PodProcess } from "./pod-process";

/** When the whole cluster stops, its pods get this long to end by themselves. */
const stopGraceMs = 2000;

export class NodeAgent {
    private readonly aborted = new AbortController();
    private readonly pods = new Map<string, PodProcess>();
    /** Pods between two states, by uid; a pod is started or ended once. */
    private readonly starting = new Map<string, Promise<void>>();
    private readonly ending = new Map<string, Promise<void>>();
    private readonly following: Promise<void>;

    /** @param report hears what went wrong and is tried again. */
    constructor(
        private readonly node: HostNode,
        private readonly addresses: PodAddresses,
        private readonly report: (message: string) => void,
    ) {
        const handler = {
            changed: (pod: Pod) => this.changed(pod),
            deleted: (pod: Pod) => this.end(pod),
            failed: (error: unknown) => report(`The watch of pods failed and is started again: ${String(error)}`),
        };
        this.following = follow<Pod>(node.api, "/api/v1/pods", handler, this.aborted.signal);
    }

    processes(): { name: string; pid: number }[] {
        return [...this.pods.values()].flatMap((pod) => pod.running() ?? []);
    }

    /** The log of a container that runs on the host, and undefined for any other. */
    logOf(namespace: string, name: string, container: string): PodLog | undefined {
        return [...this.pods.values()].map((pod) => pod.logOf(namespace, name, container)).find(Boolean);
    }

    /** Stops following pods, then ends the processes; the pods stay in the API. */
    async stop(): Promise<void> {
        this.aborted.abort();
        await this.following;
        await Promise.allSettled([...this.starting.values(), ...this.ending.values()]);
        await Promise.all([...this.pods.keys()].map((uid) => this.endProcess(uid, stopGraceMs)));
    }

    private changed(pod: Pod): void {
        const { uid, deletionTimestamp } = pod.metadata;
        if (this.aborted.signal.aborted || !isHostPod(pod)) {
            return;
        }
        if (deletionTimestamp) {
            this.end(pod);
        } else if (pod.spec.nodeName && !this.pods.has(uid) && !this.starting.has(uid)) {
            this.during(this.starting, pod, "start", this.startProcess(pod));
        }
    }

    private async startProcess(pod: Pod): Promise<void> {
        const address = await this.addresses.allocate();
        this.pods.set(pod.metadata.uid, new PodProcess(this.node, pod, address, this.report));
    }

    private end(pod: Pod): void {
        const { uid, deletionGracePeriodSeconds = 30 } = pod.metadata;
        if (isHostPod(pod) && !this.ending.has(uid)) {
            const ended = this.endProcess(uid, deletionGracePeriodSeconds * 1000);
            const gone = { gracePeriodSeconds: 0, preconditions: { uid } };
            this.during(
                this.ending,
                pod,
                "end",
                ended.then(() => this.node.api.delete(podPath(pod), gone)),
            );
        }
    }

    private async endProcess(uid: string, graceMs: number): Promise<void> {
        await this.starting.get(uid);
        const pod = this.pods.get(uid);
        if (pod) {
            await pod.stop(graceMs);
            this.addresses.release(pod.address);
            this.pods.delete(uid);
        }
    }

    private during(state: Map<string, Promise<void>>, pod: Pod, verb: string, work: Promise<void>): void {
        const { uid, namespace, name } = pod.metadata;
        const settled = work
            .catch((error: unknown) => this.report(`Cannot ${verb} pod ${namespace}/${name}: ${String(error)}`))
            .finally(() => state.delete(uid));
        state.set(uid, settled);
    }
}
