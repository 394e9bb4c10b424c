import type { Finding } from "../finding";
import { field, mapAt, textAt } from "../object";
import { gitSourceOf, knownRepositories, repositoryOf } from "../repositories";
import { type Cluster, everyManifest, findingAt, inEveryCluster, type Manifest, ofKind, type Tree } from "../tree";

/** The GitRepository of the tree itself. */
const root = "flux-system";

/**
 * A layer that applies another project's repository takes one tag of it, the one that packages/facts/repositories is
 * of, and never prunes the definitions that it takes.
 */
export function repositories(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        ofKind(everyManifest(cluster), "Kustomization")
            .filter(({ object, layer }) => {
                const { kind, name } = mapAt(object, "spec.sourceRef");
                return layer !== "tenants" && kind === "GitRepository" && name !== root;
            })
            .flatMap((kustomization) => faultsOf(cluster, kustomization)),
    );
}

function faultsOf(cluster: Cluster, kustomization: Manifest): Finding[] {
    const name = textAt(kustomization.object, "spec.sourceRef.name") ?? "";
    const source = gitSourceOf(cluster, kustomization);
    if (!source) {
        const problem = `has no source GitRepository ${name}`;
        return [findingAt(kustomization, "spec.sourceRef.name", problem, "write one beside it, with an exact tag")];
    }
    const facts = repositoryOf(source);
    const tag = textAt(source.object, "spec.ref.tag") ?? "no tag";
    if (!facts) {
        const addresses = knownRepositories().map(({ address }) => address);
        const problem = "names a repository that nothing is known of";
        const fix = `add it to packages/facts/repositories; there are ${addresses.join(", ")}`;
        return [findingAt(source, "spec.url", problem, fix)];
    }
    const version = `takes ${tag}, and ${facts.file} is of ${facts.tag}`;
    const fix = `write ref: { tag: ${facts.tag} }, or bring the file up to date`;
    const pruned = "would take every object of their kinds along when it prunes definitions";
    return [
        ...(tag === facts.tag ? [] : [findingAt(source, "spec.ref", version, fix)]),
        ...(field(kustomization.object, "spec.prune") === false
            ? []
            : [findingAt(kustomization, "spec.prune", pruned, "write prune: false")]),
    ];
}
