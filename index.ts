import { Platform } from "./components/platform";
import { preflight } from "./components/preflight/preflight";
import { loadSettings } from "./components/settings/settings";

/** Settings, a look at everything that could stop the update, the platform, and what a person needs next. */
async function landfall() {
    const settings = loadSettings();
    const { foundation, cluster, delivery } = new Platform("landfall", {
        settings,
        preflight: await preflight(settings),
    });
    return {
        clusterName: cluster.clusterName,
        getCredentials: cluster.getCredentials,
        kubeconfig: cluster.kubeconfig,
        registry: foundation.registry.loginServer,
        ciClientId: foundation.registry.ciClientId,
        keyVaultKey: foundation.vault.keyUri,
        nameServers: foundation.zone?.nameServers,
        fleetRepository: delivery.repository.htmlUrl,
        pullRequest: delivery.repository.pullRequestUrl,
        fluxStatus: delivery.fluxStatus,
    };
}

export = landfall;
