import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { AksCluster, type AksClusterArgs } from "./azure/aks-cluster";
import type { BlobContainer } from "./azure/backup-storage";
import type { Ground } from "./azure/cluster-ground";
import { DatabaseOrigin } from "./azure/database-origin";
import type { Deployer } from "./azure/deployer";
import { Foundation, type FoundationArgs } from "./azure/foundation";
import type { ClusterPlacement } from "./azure/managed-cluster";
import { generationOf } from "./azure/recovery-points";
import { RegistryPermissions } from "./azure/registry-permissions";
import { type ClientIds, WorkloadIdentities } from "./azure/workload-identities";
import { type DeliveredCluster, Delivery, type DeliveryArgs } from "./gitops/delivery";
import type { ClusterVars } from "./gitops/flux/cluster-vars";
import type { RestoredVolumes } from "./recovery/restored-volumes";
import { nameFor, type PhysicalNames } from "./settings/naming";

export interface PlatformArgs {
    readonly location: string;
    /** The region of what a rebuild replaces: network and cluster. */
    readonly clusterLocation: string;
    /** Whether what outlives a cluster is protected, and retained when it leaves the program. */
    readonly protect: boolean;
    readonly names: PhysicalNames;
    /** Who runs the program. */
    readonly deployer: Deployer;
    readonly foundation: Omit<
        FoundationArgs,
        "location" | "clusterLocation" | "protect" | "names" | "deployer" | "clusters"
    >;
    /** What every cluster of the stack is. */
    readonly cluster: Omit<AksClusterArgs, keyof ClusterPlacement | "deployer" | "live">;
    /** The stack's clusters by name, as they are before the update; undefined for one that is not there yet. */
    readonly clusters: Readonly<Record<string, AksClusterArgs["live"]>>;
    /** The cluster that writes records and has the database; the others stand by. */
    readonly activeCluster: string;
    readonly fleet: DeliveryArgs["fleet"];
    readonly flux: DeliveryArgs["flux"];
    readonly sopsFingerprints: DeliveryArgs["sopsFingerprints"];
    /** When a new cluster's database comes back to, in RFC 3339. @default - the end of what was written */
    readonly recoverTo?: string | undefined;
    /** What Velero brings back in the active cluster. @default - nothing */
    readonly volumes?: RestoredVolumes | undefined;
    /** The variables of the tree that follow from settings and not from resources. */
    readonly clusterVars: Pick<
        ClusterVars<string>,
        "environment" | "domain" | "service_mesh" | "fleet_branch" | "image_automation_suspended"
    >;
}

/** What a cluster is told that is not the active one: it writes no records, and has no database. */
const standingBy = {
    standby: "true",
    external_dns_mode: "dry-run",
    image_automation_suspended: "true",
    cluster_generation: "none",
    database_bootstrap: "standby",
    database_source: "none",
    database_recovery_target: "{}",
};

const databaseContainer = "postgresql" satisfies BlobContainer;

/**
 * An empty subscription to clusters that reconcile themselves from Git: what outlives a cluster, the clusters, the
 * identities of what runs in them, and the path from Git into them.
 */
export class Platform extends pulumi.ComponentResource {
    readonly foundation: Foundation;
    /** By name. */
    readonly clusters: Readonly<Record<string, AksCluster>>;
    readonly delivery: Delivery;

    constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Platform", name, {}, opts);
        const { location, clusterLocation, protect, names, deployer } = args;
        const shared = { location, clusterLocation, protect, names, deployer };
        const clusters = Object.keys(args.clusters);
        this.foundation = new Foundation(name, { ...shared, ...args.foundation, clusters }, { parent: this });
        this.clusters = Object.fromEntries(
            Object.entries(this.foundation.grounds).map(([cluster, ground]) => [
                cluster,
                this.createCluster(name, args, cluster, ground),
            ]),
        );
        const identities = this.createIdentities(name, args);
        this.setRegistryMode(name, identities);
        this.delivery = new Delivery(
            name,
            {
                fleet: args.fleet,
                flux: args.flux,
                clusters: Object.fromEntries(
                    Object.entries(this.clusters).map(([cluster, aks]) => [
                        cluster,
                        this.delivered(name, args, cluster, aks, identities.clientIdsIn(cluster)),
                    ]),
                ),
                sopsFingerprints: args.sopsFingerprints,
            },
            { parent: this },
        );
        this.registerOutputs();
    }

    private createCluster(name: string, args: PlatformArgs, cluster: string, ground: Ground): AksCluster {
        const { clusterLocation, deployer } = args;
        const names = args.names.ofCluster(cluster);
        const { identities } = this.foundation;
        return new AksCluster(
            `${nameFor(cluster, name)}-cluster`,
            {
                ...args.cluster,
                live: args.clusters[cluster],
                deployer,
                resourceGroupName: ground.groupName,
                resourceGroupId: ground.groupId,
                location: clusterLocation,
                clusterName: names.cluster,
                dnsPrefix: names.dnsPrefix,
                nodeResourceGroupName: names.nodeGroup,
                tenantId: deployer.tenantId,
                nodeSubnetId: ground.nodeSubnetId,
                controlPlaneId: ground.controlPlaneId,
                kubeletId: identities.kubeletId,
                kubeletClientId: identities.kubeletClientId,
                kubeletPrincipalId: identities.kubeletPrincipalId,
            },
            { parent: this },
        );
    }

    /** After all that pulls and pushes has the roles of the mode. */
    private setRegistryMode(name: string, { grants }: WorkloadIdentities): void {
        const { registry } = this.foundation;
        new RegistryPermissions(
            `${name}-registry`,
            {
                registryId: registry.registryId,
                mode: registry.mode,
                token: async () => (await authorization.getClientToken({}, { parent: this })).token,
            },
            { parent: this, dependsOn: [registry, ...grants] },
        );
    }

    private createIdentities(name: string, { location, protect, names }: PlatformArgs): WorkloadIdentities {
        const { groups, registry, vault, backups, zone } = this.foundation;
        return new WorkloadIdentities(
            name,
            {
                resourceGroupName: groups.durableName,
                location,
                names,
                scopes: {
                    durableGroupId: groups.durableId,
                    registryId: registry.registryId,
                    registryMode: registry.mode,
                    vaultId: vault.vaultId,
                    keyId: vault.keyId,
                    exampleId: vault.exampleId,
                    storageAccountId: backups.accountId,
                    containerIds: backups.containerIds,
                    zoneId: zone?.zoneId,
                },
                issuerUrls: Object.fromEntries(
                    Object.entries(this.clusters).map(([cluster, { issuerUrl }]) => [cluster, issuerUrl]),
                ),
                protect,
            },
            { parent: this },
        );
    }

    private delivered(
        name: string,
        args: PlatformArgs,
        cluster: string,
        aks: AksCluster,
        clientIds: ClientIds,
    ): DeliveredCluster {
        const isActive = cluster === args.activeCluster;
        return {
            clusterUid: aks.clusterUid,
            kubeconfig: aks.kubeconfig,
            isEntered: args.cluster.login !== undefined,
            volumes: isActive ? args.volumes : undefined,
            controllerClientIds: {
                "kustomize-controller": clientIds["kustomize-controller"],
                "source-controller": clientIds["source-controller"],
                "image-reflector-controller": clientIds["image-reflector-controller"],
            },
            clusterVars: {
                ...this.clusterVars(args, aks, clientIds),
                ...(isActive ? this.active(nameFor(cluster, name), aks, args) : standingBy),
            },
        };
    }

    /** The database of the active cluster. */
    private active(name: string, { clusterUid }: AksCluster, { recoverTo }: PlatformArgs) {
        const { backups, backupReading } = this.foundation;
        const origin = new DatabaseOrigin(
            `${name}-database`,
            {
                account: backups.accountName,
                container: databaseContainer,
                token: () => this.storageToken(),
                generation: clusterUid.apply(generationOf),
                recoverTo,
            },
            { parent: this, dependsOn: [...backupReading] },
        );
        return {
            standby: "false",
            external_dns_mode: "no-dry-run",
            cluster_generation: origin.archive,
            database_bootstrap: origin.bootstrap,
            database_source: origin.source,
            database_recovery_target: origin.recoveryTarget,
        };
    }

    private async storageToken(): Promise<string> {
        const endpoint = "https://storage.azure.com";
        return (await authorization.getClientToken({ endpoint }, { parent: this })).token;
    }

    private clusterVars(
        { deployer, names, clusterVars }: PlatformArgs,
        { clusterName }: AksCluster,
        clientIds: ClientIds,
    ) {
        const { groups, vault, registry, backups } = this.foundation;
        return {
            ...clusterVars,
            cluster_name: clusterName,
            // What the first cluster wrote into the zone before there was another is every cluster's.
            dns_owner: names.cluster,
            tenant_id: deployer.tenantId,
            subscription_id: deployer.subscriptionId,
            resource_group: groups.durableName,
            key_vault_name: vault.vaultName,
            key_vault_url: vault.vaultUri,
            registry: registry.loginServer,
            storage_account: backups.accountName,
            // A container is named after the program that writes to it.
            backup_container: "velero" satisfies BlobContainer,
            database_container: databaseContainer,
            log_container: "loki" satisfies BlobContainer,
            cert_manager_client_id: clientIds["cert-manager"],
            examples_client_id: clientIds.examples,
            external_dns_client_id: clientIds["external-dns"],
            external_secrets_client_id: clientIds["external-secrets"],
            loki_client_id: clientIds.loki,
            postgresql_client_id: clientIds.postgresql,
            velero_client_id: clientIds.velero,
        };
    }
}
