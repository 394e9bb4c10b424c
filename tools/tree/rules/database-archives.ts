import type { Finding } from "../finding";
import { field, list, textAt } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";
import { sampleVariables } from "../variables";

/**
 * A PostgreSQL archives into a folder that nothing else has written to: one of its own for each cluster that it is made
 * in, since the plugin refuses a folder that is not empty, and for each major, since the write-ahead log of a new one
 * begins anew.
 */
export function databaseArchives(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "Cluster")
            .filter(({ object }) => object.apiVersion.startsWith("postgresql.cnpg.io/"))
            .flatMap(faultsOf),
    );
}

function faultsOf(database: Manifest): Finding[] {
    const { object } = database;
    const [, major = "<major>"] = /:(\d+)/.exec(textAt(object, "spec.imageName") ?? "") ?? [];
    return list(object, "spec.plugins").flatMap((plugin, index) => {
        const serverName = textAt(plugin, "parameters.serverName");
        const wanted = (generation: string) => `${object.metadata.name}-${generation}-${major}`;
        if (field(plugin, "isWALArchiver") !== true || serverName === wanted(sampleVariables.cluster_generation)) {
            return [];
        }
        const written = serverName === undefined ? "a folder without a name of its own" : `folder ${serverName}`;
        const problem = `archives into ${written}, which an earlier cluster or major may have filled`;
        const fix = `write serverName: ${wanted("${cluster_generation}")}, in the patch that sets imageName too`;
        const at = ["spec", "plugins", index, ...(serverName === undefined ? [] : ["parameters", "serverName"])];
        return [findingAt(database, at, problem, fix)];
    });
}
