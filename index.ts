import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { chooseLogin } from "./components/azure/kubeconfig";
import { currentCluster } from "./components/azure/live-cluster";
import { Platform } from "./components/platform";
import { platformArgs } from "./components/platform-args";
import { preflight } from "./components/preflight/preflight";
import { surroundings } from "./components/preflight/surroundings";
import { interruptedCreates } from "./components/recovery/interrupted-creates";
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
    const live = await currentCluster({
        subscriptionId: found.deployer.subscriptionId,
        resourceGroupName: found.names.clusterGroup,
        clusterName: found.names.cluster,
    });
    const { foundation, cluster, delivery } = new Platform("landfall", platformArgs(configuration, found, login, live));
    return {
        clusterName: cluster.clusterName,
        getCredentials: cluster.getCredentials,
        kubeconfig: cluster.kubeconfig,
        registry: foundation.registry.loginServer,
        ciClientId: foundation.registry.ciClientId,
        teamClientIds: foundation.registry.teamClientIds,
        keyVaultKey: foundation.vault.keyUri,
        nameServers: foundation.zone?.nameServers,
        fleetRepository: delivery.repository.htmlUrl,
        pullRequest: delivery.repository.pullRequestUrl,
        fluxStatus: delivery.fluxStatus,
    };
}

export = landfall;
