import { type ClusterChange, compare, type Made } from "./compare";
import { describeFinding } from "./finding";
import { chartCache } from "./published/cache";
import { lockName, parseLock } from "./published/lock";
import { ChartShelf, emptyShelf } from "./published/shelf";
import { renderTree } from "./render";
import { type Rendered, renderedReleases } from "./rendering/rendered";
import { revision, type Snapshot, workTree } from "./revision";
import { choiceOf } from "./stacks";
import { type Cluster, listedLayers } from "./tree";
import { TreeError } from "./tree-error";

/**
 * What the work tree changes in the clusters of some stacks, compared with a revision of Git. Each stack has the mesh
 * that its file chooses, before and after. What of the revision cannot be rendered any more, as it needs an older
 * program, is named in the result.
 *
 * @throws TreeError if Git does not know the revision, or if the work tree cannot be rendered.
 */
export async function changesSince(
    repository: string,
    base: string,
    stacks: readonly string[],
): Promise<ClusterChange[]> {
    const [before, after] = [revision(repository, base), workTree(repository)];
    try {
        return await Promise.all(stacks.map((stack) => changesOf(before, after, stack)));
    } finally {
        before.remove();
    }
}

async function changesOf(before: Snapshot, after: Snapshot, stack: string): Promise<ClusterChange> {
    const [old, now] = await Promise.all([rendered(before, stack), rendered(after, stack)]);
    if (!now.cluster || now.failures.length > 0) {
        throw new TreeError(["the work tree cannot be rendered:", ...now.failures].join("\n"));
    }
    const changes = compare(old.cluster, now.cluster, await madeOf(old.cluster, now.cluster));
    return old.failures.length === 0 ? changes : { ...changes, unreadable: old.failures };
}

/** What those releases make whose published charts are at hand, before and after. */
async function madeOf(before: Cluster | undefined, after: Cluster): Promise<Made> {
    const [old, now] = await Promise.all([before ? publishedReleases(before) : [], publishedReleases(after)]);
    const unknown = [...old, ...now]
        .filter(({ isPublished, error }) => !isPublished || error !== undefined)
        .map(nameOf);
    const objects = (releases: readonly Rendered[]) =>
        releases
            .filter((rendered) => !unknown.includes(nameOf(rendered)))
            .flatMap(({ release, objects: made }) => made.map(({ object }) => ({ ...release, object })));
    return { before: objects(old), after: objects(now) };
}

async function publishedReleases(cluster: Cluster): Promise<readonly Rendered[]> {
    const listed = new Set(listedLayers(cluster).map(({ name }) => name));
    return cluster.shelf.isEmpty
        ? []
        : (await renderedReleases(cluster)).filter(({ release }) => listed.has(release.layer));
}

function nameOf({ release }: Rendered): string {
    return release.object.metadata.name;
}

/** The cluster of a stack in a tree, or none if the tree does not have its environment, and what is wrong with it. */
async function rendered(
    snapshot: Snapshot,
    stack: string,
): Promise<{ cluster?: Cluster; failures: readonly string[] }> {
    const { environment, mesh } = choiceOf(stack, snapshot.read(`Pulumi.${stack}.yaml`));
    const lock = snapshot.read(lockName);
    const shelf = lock === undefined ? emptyShelf : new ChartShelf(parseLock(lock), chartCache());
    const tree = await renderTree(snapshot.root, { environments: [environment], meshes: [mesh], shelf });
    const failures = tree.failures.map((finding) => describeFinding({ ...finding, rule: "builds" }));
    const isThere = tree.sources.environments.includes(environment);
    const [cluster] = isThere ? tree.clusters : [];
    return { ...(cluster && { cluster }), failures: [...new Set(failures)] };
}
