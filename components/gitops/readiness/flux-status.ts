import { fluxNamespace, rootName } from "../flux-names";
import { conditionOf, type FluxObject, keyOf, observedGeneration, originRevision } from "./flux-object";
import { type Freshness, staleReason } from "./reconcile-request";
import { isTerminal } from "./terminal-failure";

/** One line of the table that a person reads. */
export interface ObjectStatus {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly ready: boolean;
    readonly reason: string;
    readonly message: string;
    readonly revision: string;
}

/** An object that is not ready. */
export interface Blocker extends ObjectStatus {
    /** Whether waiting cannot help, since the same revision would fail again. */
    readonly terminal: boolean;
}

export interface FluxStatus {
    readonly ready: boolean;
    readonly objects: readonly ObjectStatus[];
    /** What is not ready; first what depends on nothing else that is not ready. */
    readonly blockers: readonly Blocker[];
}

const root = `${fluxNamespace}/${rootName}`;

/**
 * Evaluates everything that Flux reconciles. It is ready once the source is at `commit`, every artifact that is made of
 * it is made of that revision, every Kustomization has applied the revision of what feeds it, everything that the root
 * Kustomization applied exists, and every object is Ready.
 * What is suspended is left out, since somebody decided that. So is what is in a tenant's namespace, since that is the
 * tenant's to fix.
 *
 * With `freshness`, what depends on the stack's keys and variables has to have been attempted with the present ones,
 * and a build that failed before is not terminal.
 */
export function evaluate(objects: readonly FluxObject[], commit: string, freshness?: Freshness): FluxStatus {
    const active = objects.filter((object) => object.spec?.suspend !== true);
    const missing = missingLayers(active);
    const statuses = active.map((object) => ({ object, status: statusOf(object, active, commit, freshness) }));
    const unready = statuses.filter(({ status }) => !status.ready && status.namespace === fluxNamespace);
    const blockers = unready
        .map(({ object, status }) => ({
            ...status,
            terminal: isTerminal(object, active, commit, freshness?.asked),
            depth: depthOf(object, active),
        }))
        .sort((a, b) => a.depth - b.depth || Number(waitsForOthers(a)) - Number(waitsForOthers(b)))
        .map(({ depth: _, ...blocker }) => blocker);
    return {
        ready: unready.length === 0 && missing.length === 0 && hasRoot(active),
        objects: statuses.map(({ status }) => status),
        blockers: [...blockers, ...missing],
    };
}

/** The commit that Flux has fetched of the fleet repository, undefined until it has one. */
export function sourceCommit(objects: readonly FluxObject[]): string | undefined {
    // A revision is <branch>@<algorithm>:<commit>.
    return fleetSource(objects)?.status?.artifact?.revision.split(":").at(-1);
}

function statusOf(object: FluxObject, all: readonly FluxObject[], commit: string, freshness?: Freshness): ObjectStatus {
    const { kind, metadata, status } = object;
    const ready = conditionOf(object, "Ready");
    const observed = observedGeneration(object) === metadata.generation;
    const stale = staleRevision(object, all, commit) ?? (freshness && staleReason(object, freshness));
    return {
        kind,
        namespace: metadata.namespace,
        name: metadata.name,
        ready: ready?.status === "True" && observed && stale === undefined,
        reason: stale !== undefined && ready?.status === "True" ? "Progressing" : (ready?.reason ?? "NotReconciled"),
        message: (ready?.status === "True" ? stale : undefined) ?? ready?.message ?? "not reconciled yet",
        revision: status?.lastAppliedRevision ?? status?.lastAttemptedRevision ?? status?.artifact?.revision ?? "",
    };
}

/** Why the object is not at `commit`, or undefined if it is or does not follow the fleet repository. */
function staleRevision(object: FluxObject, all: readonly FluxObject[], commit: string): string | undefined {
    if (keyOf(object) === root && object.kind === "GitRepository") {
        const revision = object.status?.artifact?.revision ?? "";
        return revision.endsWith(`:${commit}`) ? undefined : `at ${revision || "no revision"}, waiting for ${commit}`;
    }
    if (object.kind === "ExternalArtifact" && object.metadata.namespace === fluxNamespace) {
        const wanted = fleetSource(all)?.status?.artifact?.revision;
        return difference("made of", originRevision(object), wanted, commit);
    }
    const feed = object.kind === "Kustomization" ? feedOf(object, all) : undefined;
    if (feed?.source === undefined) {
        return feed && `applied nothing of its artifact, which is not there, waiting for ${commit}`;
    }
    const behind = feed.source.kind === "ExternalArtifact" ? staleRevision(feed.source, all, commit) : undefined;
    const wanted = feed.source.status?.artifact?.revision;
    return behind === undefined
        ? difference("applied", object.status?.lastAppliedRevision, wanted, commit)
        : `its artifact is ${behind}`;
}

function difference(
    verb: string,
    is: string | undefined,
    wanted: string | undefined,
    commit: string,
): string | undefined {
    return is !== undefined && is === wanted
        ? undefined
        : `${verb} ${is ?? "nothing yet"}, waiting for ${wanted ?? commit}`;
}

/**
 * The source of a Kustomization of the fleet's, once it exists: the repository for the root, an artifact that is made
 * of it for a layer. Undefined for a Kustomization that follows something else.
 */
function feedOf(kustomization: FluxObject, all: readonly FluxObject[]): { source: FluxObject | undefined } | undefined {
    const key = sourceKey(kustomization);
    const isFleets = key === `GitRepository/${root}` || key?.startsWith(`ExternalArtifact/${fluxNamespace}/`) === true;
    return isFleets ? { source: all.find((other) => `${other.kind}/${keyOf(other)}` === key) } : undefined;
}

function fleetSource(objects: readonly FluxObject[]): FluxObject | undefined {
    return objects.find((object) => object.kind === "GitRepository" && keyOf(object) === root);
}

function hasRoot(objects: readonly FluxObject[]): boolean {
    return objects.some((object) => object.kind === "Kustomization" && keyOf(object) === root);
}

/** Layers and generators that the root Kustomization applied and that do not exist (any more). */
function missingLayers(objects: readonly FluxObject[]): Blocker[] {
    const entries = objects
        .filter((object) => object.kind === "Kustomization" && keyOf(object) === root)
        .flatMap((object) => object.status?.inventory?.entries ?? []);
    // An inventory id is <namespace>_<name>_<group>_<kind>.
    return entries
        .map(({ id }) => id.split("_"))
        .filter(([, , , kind = ""]) => ["Kustomization", "ArtifactGenerator"].includes(kind))
        .filter(
            ([namespace, name, , kind]) => !objects.some((o) => o.kind === kind && keyOf(o) === `${namespace}/${name}`),
        )
        .map(([namespace = "", name = "", , kind = ""]) => ({
            kind,
            namespace,
            name,
            ready: false,
            reason: "NotFound",
            message: "in the root Kustomization's inventory, but not in the cluster (or suspended)",
            revision: "",
            terminal: false,
        }));
}

function depthOf(object: FluxObject, all: readonly FluxObject[], seen = new Set<string>()): number {
    const key = `${object.kind}/${keyOf(object)}`;
    if (seen.has(key)) {
        return 0;
    }
    const before = all.filter((other) => (object.spec?.dependsOn ?? []).some((d) => isDependency(d, object, other)));
    const below = Math.max(0, ...before.map((other) => 1 + depthOf(other, all, new Set([...seen, key]))));
    // Sources come before what is made of them, and releases before the layer that waits for them.
    const rank =
        {
            GitRepository: 0,
            ArtifactGenerator: 1,
            ExternalArtifact: 1,
            OCIRepository: 1,
            HelmRepository: 1,
            HelmChart: 2,
            HelmRelease: 3,
        }[object.kind] ?? 4;
    return object.kind === "Kustomization" ? below * 10 + rank : rank;
}

function isDependency(reference: { name: string; namespace?: string }, object: FluxObject, other: FluxObject): boolean {
    return (
        other.kind === object.kind &&
        other.metadata.name === reference.name &&
        other.metadata.namespace === (reference.namespace ?? object.metadata.namespace)
    );
}

function waitsForOthers({ reason }: ObjectStatus): boolean {
    return reason === "DependencyNotReady" || reason === "Progressing" || reason === "NotReconciled";
}

function sourceKey({ spec, metadata }: FluxObject): string | undefined {
    const ref = spec?.sourceRef;
    return ref && `${ref.kind}/${ref.namespace ?? metadata.namespace}/${ref.name}`;
}
