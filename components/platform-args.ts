import * as pulumi from "@pulumi/pulumi";
import { jobsOf } from "./azure/container-registry";
import type { KubeLogin } from "./azure/kubeconfig";
import type { LiveCluster } from "./azure/live-cluster";
import type { PlatformArgs } from "./platform";
import type { Preflight } from "./preflight/preflight";
import type { Configuration, Settings } from "./settings/settings";

/**
 * What the platform is made of, from a stack's configuration, what the preflight found, how kubelogin logs in
 * (undefined: nobody does), and the clusters that are there, by name.
 */
export function platformArgs(
    { settings, secrets }: Configuration,
    preflight: Preflight,
    login: KubeLogin | undefined,
    live: Readonly<Record<string, LiveCluster | undefined>>,
): PlatformArgs {
    const { environment, location, clusterLocation, protectDurable: protect, fleetBranch: branch } = settings;
    const { names, deployer, recoverKeyVault, files, fleet, sopsFingerprints } = preflight;
    return {
        ...{ location, clusterLocation, protect, names, deployer, sopsFingerprints, recoverTo: settings.recoverTo },
        foundation: { ...foundationArgs(settings), recoverKeyVault },
        cluster: { ...clusterArgs(settings), login },
        clusters: Object.fromEntries(settings.clusters.map((cluster) => [cluster, live[cluster]])),
        activeCluster: settings.activeCluster,
        fleet: {
            repository: { owner: settings.githubOwner, name: settings.fleetRepository },
            branch,
            stack: settings.stack,
            commitMode: settings.commitMode,
            visibility: settings.fleetVisibility,
            imageAutomation: settings.imageAutomation,
            fluxApp: secrets.fluxApp,
            files,
            plan: fleet,
            protect,
        },
        flux: {
            environment,
            sopsPgpPrivateKey: pulumi.secret(secrets.sopsPgpPrivateKey),
            readyTimeoutMinutes: settings.readyTimeoutMinutes,
        },
        clusterVars: {
            environment,
            domain: settings.domain ?? `${environment}.internal`,
            service_mesh: settings.serviceMesh,
            fleet_branch: branch,
            image_automation_suspended: String(!settings.imageAutomation),
        },
    };
}

function clusterArgs(settings: Settings): Omit<PlatformArgs["cluster"], "login"> {
    return {
        kubernetesVersion: settings.kubernetesVersion,
        clusterTier: settings.clusterTier,
        systemPool: settings.systemPool,
        userPools: settings.userPools,
        podCidr: settings.podCidr,
        serviceCidr: settings.serviceCidr,
        authorizedIpRanges: settings.authorizedIpRanges,
        adminGroupObjectIds: settings.adminGroupObjectIds,
        upgradeChannel: settings.upgradeChannel,
        nodeOsUpgradeChannel: settings.nodeOsUpgradeChannel,
        maintenanceWindow: settings.maintenanceWindow,
        imageCleanerIntervalHours: settings.imageCleanerIntervalHours,
    };
}

function foundationArgs(settings: Settings): Omit<PlatformArgs["foundation"], "recoverKeyVault"> {
    const { ciRepository: repository, environment, teamPipelines } = settings;
    const teams = Object.entries(teamPipelines).map(([team, pipeline]) => ({
        team,
        ...(typeof pipeline === "string" ? jobsOf(pipeline, environment) : pipeline),
    }));
    return {
        vnetCidr: settings.vnetCidr,
        nodeSubnetCidr: settings.nodeSubnetCidr,
        registry: {
            sku: settings.registrySku,
            // Regions without zones refuse it; a stack that spreads nodes over zones is in a region that has them.
            zoneRedundant: settings.registrySku === "Premium" && settings.systemPool.zones.length > 1,
            ci: repository ? { repository, environment } : undefined,
            teams,
        },
        backups: {
            redundancy: settings.backupRedundancy,
            retentionDays: settings.backupRetentionDays,
            immutableDays: settings.backupImmutableDays,
        },
        domain: settings.domain,
    };
}
