import { clusterVarsName, fluxNamespace, rootName } from "../flux-names";
import { type ClusterClient, isPermanent } from "./cluster-client";
import { decryptionCause } from "./decryption-cause";
import type { FluxObject } from "./flux-object";
import { type Blocker, evaluate, type FluxStatus, type ObjectStatus, sourceCommit } from "./flux-status";
import { probableCause } from "./probable-cause";
import { type Freshness, needsReconcile, secretsChanged } from "./reconcile-request";
import { sleep } from "./sleep";

export interface FluxWaitArgs {
    readonly cluster: Pick<ClusterClient, "fluxObjects" | "lastWarning" | "requestReconciliation" | "configMapChanged">;
    /** Commit that every layer has to be at. */
    readonly commit: string;
    /** Whether the branch has moved on to another commit that has `commit` in its history. That one counts too. */
    readonly isSuccessor: (other: string) => Promise<boolean>;
    readonly timeoutMinutes: number;
    /** Gets a line, at most every five seconds, when the number of ready objects or what is next has changed. */
    readonly progress: (line: string) => void;
}

/** How a wait ended: everything Ready at a commit, or the problem that somebody has to solve. */
export type FluxWait =
    | { readonly ready: true; readonly objects: readonly ObjectStatus[]; readonly commit: string }
    | { readonly ready: false; readonly problem: string };

/** A terminal failure has to be seen this long: controllers retry once by themselves after an artifact race. */
const terminalAfterSeconds = 5;

/** A look is eight lists: far from the end there are fewer of them. */
const pollSeconds = { least: 0.5, most: 2, perBlocker: 0.1 };

const progressSeconds = 5;

/** How long GitHub's answer that a commit is no successor counts: its API may lag behind what Flux has fetched. */
const successorAfterSeconds = 10;

/** How long a request to reconcile may stay unanswered before it is repeated: somebody else's may have replaced it. */
const requestAgainSeconds = 20;

/**
 * Waits until everything that Flux reconciles is Ready at `commit`, or at a successor that somebody pushed meanwhile:
 * the source and the decryption check with the keys that the cluster has now, and every layer with the present
 * variables. A question to the cluster or to GitHub that fails is asked again.
 *
 * The problem names the first failing object, its newest warning event and the probable cause. The wait ends with it at
 * once when waiting cannot help, otherwise when the time is up. If the last question failed, the problem is that.
 */
export async function waitForFlux(args: FluxWaitArgs): Promise<FluxWait> {
    const deadline = Date.now() + args.timeoutMinutes * 60_000;
    const look = observer(args);
    const show = throttled(args.progress);
    let terminalSince: number | undefined;
    for (;;) {
        const seen = await look().catch((error: Error) => error);
        if (seen instanceof Error && isPermanent(seen)) {
            return { ready: false, problem: seen.message };
        }
        if ("status" in seen && seen.status.ready) {
            return { ready: true, objects: seen.status.objects, commit: seen.commit };
        }
        show("status" in seen ? progressOf(seen.status) : `Flux: ${seen.message}; asking again`);
        const terminal = "status" in seen ? seen.status.blockers.find((blocker) => blocker.terminal) : undefined;
        terminalSince = terminal ? (terminalSince ?? Date.now()) : undefined;
        if (terminal && Date.now() - (terminalSince ?? 0) > terminalAfterSeconds * 1000) {
            return { ready: false, problem: await explain(args, terminal, "cannot become ready") };
        }
        if (Date.now() > deadline) {
            return { ready: false, problem: await explainTimeout(args, seen) };
        }
        await sleep(pauseAfter("status" in seen ? seen.status.blockers.length : 0));
    }
}

function pauseAfter(blockers: number): number {
    const { least, most, perBlocker } = pollSeconds;
    return Math.min(Math.max(least, blockers * perBlocker), most);
}

interface Observation {
    readonly status: FluxStatus;
    /** Commit that the status is about. */
    readonly commit: string;
}

/** Looks at the cluster: asks Flux to reconcile what may be stale, and follows the source to successors. */
function observer({ cluster, commit, isSuccessor }: FluxWaitArgs): () => Promise<Observation> {
    const asked = new Date().toISOString();
    const request = requester(cluster, asked);
    let variablesChanged: string | undefined;
    let wanted = commit;
    let refused = { commit: "", until: 0 };
    return async () => {
        const objects = await cluster.fluxObjects();
        variablesChanged ??= await cluster.configMapChanged(fluxNamespace, clusterVarsName);
        const present: Freshness = { asked, variablesChanged, secretsChanged: secretsChanged(objects) };
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
        return { status: evaluate(objects, wanted, present), commit: wanted };
    };
}

/** Asks for attempts, and for each object again after a while until its attempt has started. */
function requester(cluster: FluxWaitArgs["cluster"], asked: string) {
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

/** One line about what is ready and what is next. */
export function progressOf({ objects, blockers }: FluxStatus): string {
    const ready = objects.filter((object) => object.ready).length;
    const [first] = blockers;
    const next = first ? `; next ${first.kind} ${first.name}` : "";
    const cause = first?.reason === "BuildFailed" ? decryptionCause(first.message) : undefined;
    return `Flux: ${ready} of ${objects.length} ready${next}${cause === undefined ? "" : `: ${cause}`}`;
}

function throttled(progress: (line: string) => void): (line: string) => void {
    let shown = "";
    let at = 0;
    return (line) => {
        if (line !== shown && Date.now() - at >= progressSeconds * 1000) {
            shown = line;
            at = Date.now();
            progress(line);
        }
    };
}

async function explainTimeout(args: FluxWaitArgs, seen: Observation | Error): Promise<string> {
    const minutes = args.timeoutMinutes === 1 ? "1 minute" : `${args.timeoutMinutes} minutes`;
    const after = `after ${minutes} (landfall:readyTimeoutMinutes)`;
    if (!("status" in seen)) {
        return `whether Flux is ready is not known ${after}: ${seen.message}`;
    }
    const [first] = seen.status.blockers;
    return first
        ? explain(args, first, `is not ready ${after}`)
        : `Flux has no Kustomization ${fluxNamespace}/${rootName} ${after}`;
}

async function explain({ cluster }: FluxWaitArgs, blocker: Blocker, what: string): Promise<string> {
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
