import { UserError } from "../../user-error";
import type { ClusterClient } from "./cluster-client";
import { decryptionCause } from "./decryption-cause";
import { type Blocker, type FluxObject, type FluxStatus, evaluate, type ObjectStatus, sourceCommit } from "./flux-status";
import { probableCause } from "./probable-cause";
import { type Freshness, needsReconcile } from "./reconcile-request";

export interface ReadinessArgs {
    readonly cluster: Pick<ClusterClient, "fluxObjects" | "lastWarning" | "requestReconciliation" | "configMapChanged">;
    /** Commit that every layer has to be at. */
    readonly commit: string;
    /** Whether the branch has moved on to another commit, with `commit` in its history: then that one will do. */
    readonly isSuccessor: (other: string) => Promise<boolean>;
    readonly timeoutMinutes: number;
    /** Gets a line whenever the number of ready objects changes, or what is next. */
    readonly progress: (line: string) => void;
}

export interface Readiness {
    readonly objects: readonly ObjectStatus[];
    /** Commit that every layer is at. */
    readonly commit: string;
}

/** A terminal failure has to be seen this long: controllers retry once by themselves after an artifact race. */
const terminalAfterSeconds = 5;

const pollSeconds = 0.5;

/** How long a commit that is no successor is taken for none: GitHub's API may lag behind what Flux has fetched. */
const successorAfterSeconds = 10;

/** How long a request to reconcile may stay unanswered before it is repeated: somebody else's may have replaced it. */
const requestAgainSeconds = 20;

/**
 * Waits until everything that Flux reconciles is Ready at `commit`, or at a successor that somebody pushed meanwhile; the
 * source and layer `canary` with the keys that the cluster has now, and every layer with its variables. A question that fails, to the cluster or to GitHub, is
 * asked again.
 *
 * @throws UserError with the first failing object, its newest warning event and the probable cause: at once when waiting
 * cannot help, otherwise when the time is up. With the last failed question when that was the state of things at the end.
 */
export async function waitForFlux(args: ReadinessArgs): Promise<Readiness> {
    const deadline = Date.now() + args.timeoutMinutes * 60_000;
    const look = observer(args);
    const show = withoutRepeats(args.progress);
    let terminalSince: number | undefined;
    for (;;) {
        const seen = await look().catch(passing);
        if ("graph" in seen && seen.graph.ready) {
            return { objects: seen.graph.objects, commit: seen.commit };
        }
        show("graph" in seen ? progressOf(seen.graph) : `Flux: ${seen.message}; asking again`);
        const terminal = "graph" in seen ? seen.graph.blockers.find((blocker) => blocker.terminal) : undefined;
        terminalSince = terminal ? (terminalSince ?? Date.now()) : undefined;
        if (terminal && Date.now() - (terminalSince ?? 0) > terminalAfterSeconds * 1000) {
            throw new UserError(await describe(args, terminal, "cannot become ready"));
        }
        if (Date.now() > deadline) {
            throw new UserError(await describeTimeout(args, seen));
        }
        await sleep(pollSeconds);
    }
}

interface Observation {
    readonly graph: FluxStatus;
    /** Commit that the graph is judged by. */
    readonly commit: string;
}

/** Looks at the cluster: asks Flux to try what may be out of date, and follows the source to successors. */
function observer({ cluster, commit, isSuccessor }: ReadinessArgs): () => Promise<Observation> {
    const asked = new Date().toISOString();
    const request = requester(cluster, asked);
    let since: Freshness | undefined;
    let wanted = commit;
    let refused = { commit: "", until: 0 };
    return async () => {
        const objects = await cluster.fluxObjects();
        const present = (since ??= {
            asked,
            variablesChanged: await cluster.configMapChanged("flux-system", "cluster-vars"),
        });
        await request(objects.filter((object) => needsReconcile(object, present)));
        const fetched = sourceCommit(objects);
        const known = fetched === refused.commit && Date.now() < refused.until;
        if (fetched !== undefined && fetched !== wanted && !known) {
            if (await isSuccessor(fetched)) {
                wanted = fetched;
            } else {
                refused = { commit: fetched, until: Date.now() + successorAfterSeconds * 1000 };
            }
        }
        return { graph: evaluate(objects, wanted, present), commit: wanted };
    };
}

/** Asks for attempts, of each object once in a while until it has begun one. */
function requester(cluster: ReadinessArgs["cluster"], asked: string) {
    const last = new Map<string, number>();
    return async (objects: readonly FluxObject[]) => {
        for (const { kind, metadata } of objects) {
            const key = `${kind}/${metadata.namespace}/${metadata.name}`;
            if (Date.now() - (last.get(key) ?? 0) > requestAgainSeconds * 1000) {
                await cluster.requestReconciliation(kind, metadata.namespace, metadata.name, asked);
                last.set(key, Date.now());
            }
        }
    };
}

/** A failure that may pass; a UserError says that it does not. */
function passing(error: Error): Error {
    if (error instanceof UserError) {
        throw error;
    }
    return error;
}

function progressOf({ objects, blockers }: FluxStatus): string {
    const ready = objects.filter((object) => object.ready).length;
    const [first] = blockers;
    const next = first ? `; next ${first.kind} ${first.name}` : "";
    const cause = first && first.reason === "BuildFailed" ? decryptionCause(first.message) : undefined;
    return `Flux: ${ready} of ${objects.length} ready${next}${cause === undefined ? "" : `: ${cause}`}`;
}

function withoutRepeats(progress: (line: string) => void): (line: string) => void {
    let shown = "";
    return (line) => {
        if (line !== shown) {
            shown = line;
            progress(line);
        }
    };
}

async function describeTimeout(args: ReadinessArgs, seen: Observation | Error): Promise<string> {
    const after = `after ${args.timeoutMinutes} minutes (landfall:readyTimeoutMinutes)`;
    if (!("graph" in seen)) {
        return `whether Flux is ready is not known ${after}: ${seen.message}`;
    }
    const [first] = seen.graph.blockers;
    return first
        ? describe(args, first, `is not ready ${after}`)
        : `Flux has no Kustomization flux-system/flux-system ${after}`;
}

async function describe({ cluster }: ReadinessArgs, blocker: Blocker, what: string): Promise<string> {
    const { kind, namespace, name, reason, message } = blocker;
    const unreadable = (error: Error) => `not known: ${error.message}`;
    const event = await cluster.lastWarning(namespace, kind, name).catch(unreadable);
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
 * @throws UserError if it may not after ten minutes; at once if the login of the kubeconfig is not installed.
 */
export async function waitForAccess(cluster: Pick<ClusterClient, "isClusterAdmin">): Promise<void> {
    const deadline = Date.now() + 10 * 60_000;
    for (;;) {
        const allowed = await cluster.isClusterAdmin().catch(passing);
        if (allowed === true) {
            return;
        }
        if (Date.now() > deadline) {
            const why = allowed instanceof Error ? allowed.message : "the API server does not allow it";
            throw new UserError(
                `the deployer may not administer the cluster (${why}); it needs 'Azure Kubernetes Service RBAC Cluster Admin' on it`,
            );
        }
        await sleep(1);
    }
}

function sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
