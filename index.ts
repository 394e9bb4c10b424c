import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { chooseLogin } from "./components/azure/kubeconfig";
import { currentCluster } from "./components/azure/live-cluster";
import { Platform } from "./components/platform";
import { platformArgs } from "./components/platform-args";
import { type Preflight, preflight } from "./components/preflight/preflight";
import { surroundings } from "./components/preflight/surroundings";
import { interruptedCreates } from "./components/recovery/interrupted-creates";
import { restoredVolumes } from "./components/recovery/restored-volumes";
import { takeOverOrphans } from "./components/recovery/take-over-orphans";
import { stateLostVariable, takeOverPlatform } from "./components/recovery/take-over-platform";
import { loadConfiguration } from "./components/settings/settings";

/** The configuration, a look at everything that could stop the update, the platform, and what a person needs next. */
async function landfall() {
    const configuration = loadConfiguration();
    const gitopsDirectory = path.join(__dirname, "gitops");
    const interrupted = interruptedCreates();
    const found = await preflight(configuration, surroundings(configuration.secrets.githubLogin, gitopsDirectory));
    if (found.byDeployer) {
        await takeOverOrphans(await interrupted, configuration, found.deployer.subscriptionId);
        const stateLost = process.env[stateLostVariable];
        if (stateLost !== undefined && !pulumi.runtime.isDryRun()) {
            await takeOverPlatform(configuration, found.deployer.subscriptionId, stateLost);
        }
    }
    const login = found.byDeployer ? chooseLogin(process.env) : undefined;
    const { clusters: names, activeCluster } = configuration.settings;
    const live = Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await liveCluster(name, found)] as const)),
    );
    const volumes = restoredVolumes(process.env);
    const platform = new Platform("landfall", { ...platformArgs(configuration, found, login, live), volumes });
    const { foundation, delivery } = platform;
    const clusters = Object.entries(platform.clusters).map(([name, { clusterName, getCredentials, kubeconfig }]) => {
        const fluxStatus = delivery.fluxStatus[name];
        return [name, { clusterName, getCredentials, kubeconfig, fluxStatus }] as const;
    });
    return present({
        ...clusters.find(([name]) => name === activeCluster)?.[1],
        // By name, as soon as there are several.
        clusters: clusters.length > 1 ? Object.fromEntries(clusters) : undefined,
        registry: foundation.registry.loginServer,
        ciClientId: foundation.registry.ciClientId,
        teamClientIds: foundation.registry.teamClientIds,
        keyVaultKey: foundation.vault.keyUri,
        nameServers: foundation.zone?.nameServers,
        fleetRepository: delivery.repository.htmlUrl,
        pullRequest: delivery.repository.pullRequestUrl,
    });
}

/** Without the outputs that a stack does not have: the engine would warn of each. */
function present(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

/** A cluster of the stack as it is before the update. */
function liveCluster(cluster: string, { deployer, names }: Preflight) {
    const { clusterGroup: resourceGroupName, cluster: clusterName } = names.ofCluster(cluster);
    return currentCluster({ subscriptionId: deployer.subscriptionId, resourceGroupName, clusterName });
}

export = landfall;
