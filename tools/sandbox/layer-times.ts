import { conditionOf, type FluxObject, keyOf } from "../../components/gitops/readiness/flux-object";

/** What a layer did before it was Ready, in seconds, as its Kustomization tells. */
export interface LayerTime {
    readonly name: string;
    /** From its creation to the attempt that succeeded. */
    readonly waited: number;
    /** The last that it waited for: `artifact`, or a layer. */
    readonly waitedFor: string;
    /** From then to the attempt that succeeded: until Flux looked again, or tried again. */
    readonly idle: number;
    readonly build: number;
    readonly health: number;
    /** What became Ready last of its releases. */
    readonly slowest?: ReleaseTime;
    /** After the first layer's creation. */
    readonly readyAt: number;
    /** Attempts that failed before. */
    readonly failures: number;
}

interface ReleaseTime {
    readonly name: string;
    /** From its creation to the start of Helm: for its chart, or for another release. */
    readonly waited: number;
    readonly helm: number;
}

/** The parts of Flux objects that tell times, beside those that `FluxObject` has. */
interface Timed extends FluxObject {
    readonly metadata: FluxObject["metadata"] & { readonly creationTimestamp: string };
    readonly status?: FluxObject["status"] & {
        readonly artifact?: { readonly revision: string; readonly lastUpdateTime: string };
        readonly lastAttemptedReleaseActionDuration?: string;
    };
}

/**
 * The layers that decided when the last one was Ready: each waited for the one before it. Empty if no layer became
 * Ready after `since`. Kubernetes keeps whole seconds.
 *
 * @param since in milliseconds since the epoch.
 */
export function slowestChain(objects: readonly FluxObject[], since: number): LayerTime[] {
    const timed = objects as readonly Timed[];
    const layers = new Map(
        timed
            .filter((object) => object.kind === "Kustomization" && isNew(object, since))
            .filter(({ spec }) => spec?.sourceRef?.kind === "ExternalArtifact")
            .map((layer) => [keyOf(layer), layer]),
    );
    const begin = Math.min(...[...layers.values()].map(createdAt));
    const chain: LayerTime[] = [];
    let layer = lastReady([...layers.values()]);
    while (layer) {
        const before = lastReady(dependenciesOf(layer, layers));
        chain.unshift(timesOf(layer, before, timed, begin));
        layer = before;
    }
    return chain;
}

function timesOf(layer: Timed, before: Timed | undefined, all: readonly Timed[], begin: number): LayerTime {
    const [newest] = layer.status?.history ?? [];
    const took = secondsOf(newest?.lastReconciledDuration);
    const health = secondsOf(/passed in (\S+)/.exec(conditionOf(layer, "Healthy")?.message ?? "")?.[1]);
    const began = readyAt(layer) - took;
    const artifact = artifactAt(layer, all);
    const isAfterArtifact = before !== undefined && readyAt(before) >= artifact;
    const released = lastReady(all.filter((object) => object.kind === "HelmRelease" && isIn(layer, object)));
    return {
        name: layer.metadata.name,
        waited: began - createdAt(layer),
        waitedFor: isAfterArtifact ? before.metadata.name : "artifact",
        idle: Math.max(0, began - (isAfterArtifact ? readyAt(before) : artifact)),
        build: Math.max(0, took - health),
        health,
        ...(released && { slowest: releaseTime(released) }),
        readyAt: readyAt(layer) - begin,
        failures: (layer.status?.history ?? []).filter(({ lastReconciledStatus }) => lastReconciledStatus !== succeeded)
            .length,
    };
}

const succeeded = "ReconciliationSucceeded";

function releaseTime(release: Timed): ReleaseTime {
    const helm = secondsOf(release.status?.lastAttemptedReleaseActionDuration);
    return {
        name: release.metadata.name,
        waited: Math.max(0, readyAt(release) - helm - createdAt(release)),
        helm,
    };
}

function dependenciesOf({ spec, metadata }: Timed, layers: ReadonlyMap<string, Timed>): Timed[] {
    return (spec?.dependsOn ?? []).flatMap(
        ({ name, namespace }) => layers.get(`${namespace ?? metadata.namespace}/${name}`) ?? [],
    );
}

function isIn({ status }: Timed, { metadata }: Timed): boolean {
    // An inventory id is <namespace>_<name>_<group>_<kind>.
    const id = `${metadata.namespace}_${metadata.name}_helm.toolkit.fluxcd.io_HelmRelease`;
    return status?.inventory?.entries?.some((entry) => entry.id === id) === true;
}

function artifactAt({ spec, metadata }: Timed, all: readonly Timed[]): number {
    const artifact = all.find(
        (object) =>
            object.kind === "ExternalArtifact" &&
            object.metadata.name === spec?.sourceRef?.name &&
            object.metadata.namespace === (spec.sourceRef.namespace ?? metadata.namespace),
    );
    return secondsAt(artifact?.status?.artifact?.lastUpdateTime);
}

function isNew(layer: Timed, since: number): boolean {
    return conditionOf(layer, "Ready")?.status === "True" && readyAt(layer) * 1000 >= since;
}

function lastReady(objects: readonly Timed[]): Timed | undefined {
    return [...objects].sort((one, other) => readyAt(other) - readyAt(one))[0];
}

function readyAt(object: Timed): number {
    return secondsAt(conditionOf(object, "Ready")?.lastTransitionTime);
}

function createdAt({ metadata }: Timed): number {
    return secondsAt(metadata.creationTimestamp);
}

function secondsAt(time: string | undefined): number {
    return time === undefined ? 0 : Date.parse(time) / 1000;
}

/** Of a duration as Go writes it, such as `1m2.5s` or `80ms`. */
function secondsOf(duration = ""): number {
    const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, µs: 1e-6, ns: 1e-9 };
    return [...duration.matchAll(/([\d.]+)(h|ms|m|s|µs|ns)/g)].reduce(
        (sum, [, value, unit = ""]) => sum + Number(value) * (units[unit] ?? 0),
        0,
    );
}
