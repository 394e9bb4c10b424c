import { differingPaths } from "../compare";
import { type Difference, type Properties, unknown } from "../provider";
import { serverOf } from "./kubeconfig";

/** The provider's configuration, as `@pulumi/kubernetes` documents it on `ProviderArgs`. */
export interface KubernetesSettings {
    /** The content of a kubeconfig or the path of one; by default what kubectl would use. */
    readonly kubeconfig?: string;
    readonly context?: string;
    readonly namespace?: string;
    readonly deleteUnreachable: boolean;
    readonly skipUpdateUnreachable: boolean;
    readonly upsertExistingObjects: boolean;
    readonly enablePatchForce: boolean;
    readonly enableConfigMapMutable: boolean;
    readonly enableSecretMutable: boolean;
}

/** What the real provider knows and this one does not, each of which would change what ends up in the cluster. */
const unsupported = ["cluster", "renderYamlToDirectory", "helmReleaseSettings", "kubeClientSettings"];

/** @throws an Error that names a setting which this stand-in does not have. */
export function parseSettings(config: Properties): KubernetesSettings {
    const found = unsupported.find((name) => config[name] !== undefined);
    if (found) {
        throw new Error(`The sandbox's kubernetes provider has no setting ${found}: leave it out of the provider.`);
    }
    if (config.enableServerSideApply === false) {
        throw new Error(
            "The sandbox's kubernetes provider only does server-side apply: leave enableServerSideApply out.",
        );
    }
    return {
        kubeconfig: kubeconfigText(config),
        context: text(config.context),
        namespace: text(config.namespace),
        deleteUnreachable: config.deleteUnreachable === true,
        skipUpdateUnreachable: config.skipUpdateUnreachable === true,
        upsertExistingObjects: config.upsertExistingObjects === true,
        enablePatchForce: config.enablePatchForce === true,
        enableConfigMapMutable: config.enableConfigMapMutable === true,
        enableSecretMutable: config.enableSecretMutable === true,
    };
}

/**
 * Replaces every object of the cluster only when it is another cluster: by `clusterIdentifier` when both sides have
 * one, and otherwise by the address of the API server.
 */
export function diffSettings(olds: Properties, news: Properties): Difference {
    const changed = [...new Set(differingPaths(olds, news).map((path) => path.split(/[.[]/)[0] ?? path))];
    const by =
        olds.clusterIdentifier !== undefined && news.clusterIdentifier !== undefined
            ? "clusterIdentifier"
            : "kubeconfig";
    const isAnother = changed.includes(by) && (by === "clusterIdentifier" || !sameServer(olds, news));
    return {
        updates: changed.filter((path) => path !== by || !isAnother),
        replaces: isAnother ? [by] : [],
    };
}

function sameServer(olds: Properties, news: Properties): boolean {
    // A kubeconfig that is not known yet may be another cluster's.
    return news.kubeconfig !== unknown && serverOf(kubeconfigText(olds)) === serverOf(kubeconfigText(news));
}

/** A kubeconfig written as JSON arrives parsed. */
function kubeconfigText({ kubeconfig }: Properties): string | undefined {
    return typeof kubeconfig === "object" && kubeconfig !== null ? JSON.stringify(kubeconfig) : text(kubeconfig);
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}
