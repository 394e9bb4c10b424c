import type { Finding } from "../finding";
import { field, isMap, type KubernetesObject, label, type Path, textAt } from "../object";
import { type Cluster, everyManifest, findingAt, type Manifest, type Tree } from "../tree";
import { type Rendered, renderedReleases } from "./rendered";

/** An object that a cluster will have: of the tree, or made by a release. */
export interface LiveObject {
    readonly object: KubernetesObject;
    /** What is written in the tree: the object itself, or the release that makes it. */
    readonly manifest: Manifest;
    readonly rendered: Rendered | undefined;
    readonly isHook: boolean;
}

/** A cluster with what its releases make. */
export interface LiveCluster {
    readonly cluster: Cluster;
    readonly releases: readonly Rendered[];
    readonly objects: readonly LiveObject[];
}

const known = new WeakMap<Cluster, Promise<LiveCluster>>();

async function liveCluster(cluster: Cluster): Promise<LiveCluster> {
    const releases = await renderedReleases(cluster);
    const own = everyManifest(cluster).map((manifest) => ({
        object: manifest.object,
        manifest,
        rendered: undefined,
        isHook: false,
    }));
    const made = releases.flatMap((rendered) =>
        rendered.objects.map(({ object, isHook }) => ({ object, manifest: rendered.release, rendered, isHook })),
    );
    return { cluster, releases, objects: [...own, ...made] };
}

/** The findings of every cluster, by what runs in it. */
export async function inEveryLiveCluster(
    tree: Tree,
    rule: (live: LiveCluster) => readonly Finding[],
): Promise<readonly Finding[]> {
    return (await liveClusters(tree)).flatMap(rule);
}

/** Every cluster with what runs in it. */
export function liveClusters({ clusters }: Tree): Promise<readonly LiveCluster[]> {
    return Promise.all(
        clusters.map((cluster) => {
            const live = known.get(cluster) ?? liveCluster(cluster);
            known.set(cluster, live);
            return live;
        }),
    );
}

/** A finding on a live object: at the path in the tree's own file, or at the release that makes it. */
export function findingOn(live: LiveObject, path: Path, problem: string, fix: string): Finding {
    const { manifest, object, rendered } = live;
    return rendered
        ? findingAt(manifest, "spec.values", `makes ${label(object)}, which ${problem}`, fix)
        : findingAt(manifest, path, problem, fix);
}

/** The live objects of some kinds. */
export function liveOfKind({ objects }: LiveCluster, ...kinds: readonly string[]): readonly LiveObject[] {
    return objects.filter(({ object }) => kinds.includes(object.kind));
}

const templates: Readonly<Record<string, string>> = {
    CronJob: "spec.jobTemplate.spec.template",
    DaemonSet: "spec.template",
    Deployment: "spec.template",
    Job: "spec.template",
    StatefulSet: "spec.template",
};

/** Pods that an object makes, all alike. */
export interface LivePods {
    readonly source: LiveObject;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, unknown>>;
    readonly spec: unknown;
    /** Path of the spec in the object. */
    readonly path: string;
    readonly replicas: number;
}

/** The pods of every workload of a cluster, those of hooks among them. */
export function livePods(live: LiveCluster): readonly LivePods[] {
    return liveOfKind(live, ...Object.keys(templates)).map((source) => {
        const { object } = source;
        const path = templates[object.kind] ?? "";
        const labels = field(object, `${path}.metadata.labels`);
        return {
            source,
            namespace: object.metadata.namespace ?? "",
            labels: isMap(labels) ? labels : {},
            spec: field(object, `${path}.spec`),
            path: `${path}.spec`,
            replicas: Number(minimumOf(live, object) ?? field(object, "spec.replicas") ?? 1),
        };
    });
}

/** How many pods an autoscaler keeps of a workload at least. */
function minimumOf(live: LiveCluster, { kind, metadata }: KubernetesObject): unknown {
    const scaler = liveOfKind(live, "HorizontalPodAutoscaler").find(
        ({ object }) =>
            object.metadata.namespace === metadata.namespace &&
            field(object, "spec.scaleTargetRef.kind") === kind &&
            field(object, "spec.scaleTargetRef.name") === metadata.name,
    );
    return scaler && (field(scaler.object, "spec.minReplicas") ?? 1);
}

/** The namespace of that name, as the tree makes it. */
export function namespaceNamed(live: LiveCluster, name: string): LiveObject | undefined {
    return liveOfKind(live, "Namespace").find(({ object }) => textAt(object, "metadata.name") === name);
}
