import { kubernetesVersions } from "../../../components/settings/settings-schema";
import { knownCharts } from "../charts";
import type { Finding } from "../finding";
import { groupVersion } from "../object";
import { knownRepositories } from "../repositories";
import { builtInVersions, isBuiltInGroup, isFluxGroup, servedFluxKinds, servedSince } from "../served-kinds";
import { everyManifest, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

const oldest = Math.min(...kubernetesVersions.map((version) => Number(version.split(".")[1])));

/**
 * Every object is of a version that every Kubernetes in use, the installed Flux, or the chart or repository that
 * defines it serves.
 */
export function servedVersions(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyManifest(cluster).flatMap((manifest) => {
            const { group } = groupVersion(manifest.object);
            return isBuiltInGroup(group)
                ? builtIn(manifest, group)
                : isFluxGroup(group)
                  ? flux(manifest, group)
                  : custom(manifest, group);
        }),
    );
}

function builtIn(manifest: Manifest, group: string): Finding[] {
    const { apiVersion, kind } = manifest.object;
    const since = servedSince(manifest.object);
    const versions = builtInVersions(group, kind);
    if (since === undefined) {
        const fix =
            versions.length > 0
                ? `write apiVersion: ${versions.join(" or ")}`
                : "add it to tools/tree/served-kinds.ts, with the minor that serves it first";
        return [findingAt(manifest, "apiVersion", `is of ${apiVersion} ${kind}, which is not known to be served`, fix)];
    }
    const problem = `is of ${apiVersion} ${kind}, which Kubernetes 1.${oldest} does not serve; 1.${since} is the first`;
    return since <= oldest ? [] : [findingAt(manifest, "apiVersion", problem, `wait until no stack runs 1.${oldest}`)];
}

function flux(manifest: Manifest, group: string): Finding[] {
    const { apiVersion, kind } = manifest.object;
    const served = [...servedFluxKinds()].filter((file) => file.startsWith(`${group}/${kind.toLowerCase()}_`));
    const versions = served.map((file) => `${group}/${file.slice(file.lastIndexOf("_") + 1)}`);
    const isKnown = versions.includes(apiVersion) || (versions.length === 0 && !group.endsWith(".toolkit.fluxcd.io"));
    const fix =
        versions.length > 0
            ? `write apiVersion: ${versions.join(" or ")}`
            : "correct its kind; Flux's are in packages/facts/schemas/flux";
    return isKnown
        ? []
        : [
              findingAt(
                  manifest,
                  "apiVersion",
                  `is of ${apiVersion} ${kind}, which the installed Flux does not serve`,
                  fix,
              ),
          ];
}

function custom(manifest: Manifest, group: string): Finding[] {
    const { apiVersion, kind } = manifest.object;
    const kinds = [...knownCharts(), ...knownRepositories()].flatMap((definer) =>
        definer.kinds.filter((own) => own.group === group && own.kind === kind),
    );
    const versions = [...new Set(kinds.map(({ version }) => `${group}/${version}`))];
    const problem = `is of ${apiVersion}, which its chart does not serve`;
    return versions.length === 0 || versions.includes(apiVersion)
        ? []
        : [findingAt(manifest, "apiVersion", problem, `write apiVersion: ${versions.join(" or ")}`)];
}
