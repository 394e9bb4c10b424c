import type { Finding } from "../finding";
import { field, list, textAt } from "../object";
import { type Container, containersOf } from "../pods";
import { everyManifest, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** Something that a container has to have. */
interface Demand {
    readonly path: string;
    readonly holds: (container: Container) => boolean;
    readonly fix: string;
}

const has = (path: string) => ({ path, holds: ({ container }: Container) => field(container, path) !== undefined });

/** Settings that a container may inherit from its pod. */
const own = ({ container, pod }: Container, setting: string) =>
    field(container, `securityContext.${setting}`) ?? field(pod, `securityContext.${setting}`);

const demands: readonly Demand[] = [
    { ...has("resources.requests.cpu"), fix: "write what it needs, by which the scheduler finds a node" },
    { ...has("resources.requests.memory"), fix: "write what it needs, by which the scheduler finds a node" },
    { ...has("resources.limits.memory"), fix: "write the most that it may take before it is restarted" },
    {
        path: "securityContext.allowPrivilegeEscalation",
        holds: (container) => field(container.container, "securityContext.allowPrivilegeEscalation") === false,
        fix: "write allowPrivilegeEscalation: false",
    },
    {
        path: "securityContext.capabilities.drop",
        holds: ({ container }) => list(container, "securityContext.capabilities.drop").includes("ALL"),
        fix: "write capabilities: { drop: [ALL] }",
    },
    {
        path: "securityContext.runAsNonRoot",
        holds: (container) => own(container, "runAsNonRoot") === true,
        fix: "write runAsNonRoot: true, here or for the pod",
    },
    {
        path: "securityContext.seccompProfile",
        holds: (container) => field(own(container, "seccompProfile"), "type") !== undefined,
        fix: "write seccompProfile: { type: RuntimeDefault }, here or for the pod",
    },
];

const lastingDemands: readonly Demand[] = [
    { ...has("readinessProbe"), fix: "write the request that it answers once it can serve" },
    { ...has("livenessProbe"), fix: "write the request that it answers as long as it is alive" },
];

/** Every container runs without privileges, with probes and bounded memory. */
export function containers(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyManifest(cluster).flatMap((manifest) =>
            containersOf(manifest).flatMap((container) => lacks(manifest, container)),
        ),
    );
}

function lacks(manifest: Manifest, container: Container): Finding[] {
    return [...demands, ...(container.isLasting ? lastingDemands : [])]
        .filter(({ holds }) => !holds(container))
        .map(({ path, fix }) => {
            const name = textAt(container.container, "name") ?? "";
            const problem = `has container ${name} without a fitting ${path}`;
            return findingAt(manifest, [...container.path, ...path.split(".")], problem, fix);
        });
}
