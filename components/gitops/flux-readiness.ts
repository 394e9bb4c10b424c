import * as pulumi from "@pulumi/pulumi";
import { ClusterClient } from "./cluster-client";
import { type Blocker, type Graph, judge, type ObjectStatus } from "./flux-status";
import { probableCause } from "./probable-cause";

export interface ReadinessArgs {
    readonly kubeconfig: string;
    /** Commit that every layer has to be at. */
    readonly commit: string;
    readonly timeoutMinutes: number;
    /** Gets a line whenever the number of ready objects changes. */
    readonly progress: (line: string) => void;
}

/** A terminal failure has to be seen this long: controllers retry once by themselves after an artifact race. */
const terminalAfterSeconds = 5;

/**
 * Waits until everything that Flux reconciles is Ready at `commit`.
 *
 * @throws RunError with the first failing object, its newest warning event and the probable cause: at once when waiting
 * cannot help, otherwise when the time is up.
 */
export async function waitForFlux(args: ReadinessArgs): Promise<readonly ObjectStatus[]> {
    const client = new ClusterClient(args.kubeconfig);
    const deadline = Date.now() + args.timeoutMinutes * 60_000;
    let terminalSince: number | undefined;
    let shown = "";
    await client.requestReconciliation("flux-system", "flux-system");
    for (;;) {
        const graph = judge(await client.fluxObjects(), args.commit);
        if (graph.ready) {
            return graph.objects;
        }
        shown = showProgress(graph, shown, args.progress);
        const terminal = graph.blockers.find((blocker) => blocker.terminal);
        terminalSince = terminal ? (terminalSince ?? Date.now()) : undefined;
        if (terminal && Date.now() - (terminalSince ?? 0) > terminalAfterSeconds * 1000) {
            throw new pulumi.RunError(await describe(client, terminal, "cannot become ready"));
        }
        if (Date.now() > deadline) {
            const first = graph.blockers[0];
            const within = `is not ready after ${args.timeoutMinutes} minutes (landfall:readyTimeoutMinutes)`;
            throw new pulumi.RunError(
                first
                    ? await describe(client, first, within)
                    : `Flux has no root Kustomization after ${args.timeoutMinutes} minutes`,
            );
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

function showProgress({ objects, blockers }: Graph, shown: string, progress: (line: string) => void): string {
    const ready = objects.filter((object) => object.ready).length;
    const next = blockers[0] ? `; next ${blockers[0].kind} ${blockers[0].name}` : "";
    const line = `Flux: ${ready} of ${objects.length} ready${next}`;
    if (line !== shown) {
        progress(line);
    }
    return line;
}

async function describe(client: ClusterClient, blocker: Blocker, what: string): Promise<string> {
    const { kind, namespace, name, reason, message } = blocker;
    const event = await client.lastWarning(namespace, kind, name);
    const cause = probableCause(message) ?? probableCause(event ?? "");
    return [
        `${kind} ${namespace}/${name} ${what}: ${reason}: ${message}`,
        ...(event && event !== message ? [`  last event: ${event}`] : []),
        ...(cause ? [`  probable cause: ${cause}`] : []),
    ].join("\n");
}

/**
 * Waits until the deployer may administer the cluster. A role assignment for Azure RBAC takes up to five minutes to reach
 * the API server. https://learn.microsoft.com/azure/aks/entra-id-authorization
 *
 * @throws RunError if it may not after ten minutes.
 */
export async function waitForAccess(kubeconfig: string): Promise<void> {
    const client = new ClusterClient(kubeconfig);
    const deadline = Date.now() + 10 * 60_000;
    let failure = "";
    while (Date.now() < deadline) {
        try {
            if (await client.isClusterAdmin()) {
                return;
            }
            failure = "the API server does not allow it";
        } catch (error) {
            failure = error instanceof Error ? error.message : String(error);
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    throw new pulumi.RunError(
        `the deployer may not administer the cluster (${failure}); it needs 'Azure Kubernetes Service RBAC Cluster Admin' on it`,
    );
}
