import { bringsDefinitions, type ChartFacts, chartOf } from "../charts";
import type { Finding } from "../finding";
import { field } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** A setting that every release has, so that it works under lockdown, is repaired, and says where it is. */
interface Setting {
    readonly path: string;
    readonly holds: (value: unknown, release: Manifest) => boolean;
    readonly fix: string | ((release: Manifest) => string);
}

const target = ({ object }: Manifest) => field(object, "spec.targetNamespace");

const settings: readonly Setting[] = [
    { path: "metadata.namespace", holds: (value) => value === "flux-system", fix: "write namespace: flux-system" },
    {
        path: "spec.serviceAccountName",
        holds: (value) => value === "helm-controller",
        fix: "write serviceAccountName: helm-controller",
    },
    { path: "spec.interval", holds: (value) => value === "30m", fix: "write interval: 30m" },
    {
        path: "spec.timeout",
        holds: (value) => typeof value === "string",
        fix: "write how long an installation may take, such as timeout: 10m",
    },
    {
        path: "spec.releaseName",
        holds: (value, { object }) => value === object.metadata.name,
        fix: ({ object }) => `write releaseName: ${object.metadata.name}, or its name would begin with its namespace`,
    },
    {
        path: "spec.targetNamespace",
        holds: (value) => typeof value === "string",
        fix: "write the namespace that its objects are in",
    },
    {
        path: "spec.storageNamespace",
        holds: (value, release) => value === target(release),
        fix: (release) => `write storageNamespace: ${String(target(release))}, where helm list looks for it`,
    },
    {
        path: "spec.driftDetection.mode",
        holds: (value) => value === "enabled",
        fix: "write driftDetection: { mode: enabled }; fields that a controller changes go below ignore",
    },
    {
        path: "spec.install",
        holds: triesAgain,
        fix: "write remediation: { retries: 3 }, or strategy: { name: RetryOnFailure }",
    },
    {
        path: "spec.upgrade",
        holds: triesAgain,
        fix: "write remediation: { retries: 3, remediateLastFailure: true }, or strategy: { name: RetryOnFailure }",
    },
];

/** Every HelmRelease keeps the conventions of the tree. */
export function releases(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => [
            ...settings.flatMap((setting) => wrongSetting(setting, release)),
            ...definitionSettings(release, chartOf(cluster, release)),
        ]),
    );
}

function wrongSetting({ path, holds, fix }: Setting, release: Manifest): Finding[] {
    const value = field(release.object, path);
    const problem = `sets ${path} to ${JSON.stringify(value) ?? "nothing"}`;
    return holds(value, release)
        ? []
        : [findingAt(release, path, problem, typeof fix === "string" ? fix : fix(release))];
}

/** Without either, one failed action stalls the release until a person resets it. */
function triesAgain(action: unknown): boolean {
    const retries = field(action, "remediation.retries");
    return retriesForever(action) || (typeof retries === "number" && retries !== 0);
}

function retriesForever(action: unknown): boolean {
    return field(action, "strategy.name") === "RetryOnFailure";
}

/**
 * Rolling back to older definitions drops fields that stored objects already use, and Helm alone never upgrades crds/.
 */
function definitionSettings(release: Manifest, chart: ChartFacts | undefined): Finding[] {
    if (!chart || chart.kinds.length === 0 || !bringsDefinitions(chart, release)) {
        return [];
    }
    const strategies = ["spec.install", "spec.upgrade"]
        .filter((path) => !retriesForever(field(release.object, path)))
        .map((path) => {
            const problem = `brings definitions, and rolls them back when ${path.replace("spec.", "")} fails`;
            return findingAt(
                release,
                `${path}.remediation`,
                problem,
                "remove label on-failure: roll-back: a release retries without it",
            );
        });
    return [...strategies, ...wrongUpgrade(release, chart)];
}

function wrongUpgrade(release: Manifest, { crds }: ChartFacts): Finding[] {
    const wanted = crds?.completed === true ? "Create" : "CreateReplace";
    const problem =
        crds?.completed === true
            ? "replaces definitions that the chart's software has completed: the API server cannot convert what they define"
            : "never upgrades the definitions in the chart's crds/";
    return crds?.folder !== "crds" || field(release.object, "spec.upgrade.crds") === wanted
        ? []
        : [findingAt(release, "spec.upgrade.crds", problem, `write upgrade: { crds: ${wanted} }`)];
}
