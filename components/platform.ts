import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { AksCluster, type AksClusterArgs } from "./azure/aks-cluster";
import type { BlobContainer } from "./azure/backup-storage";
import { DatabaseOrigin } from "./azure/database-origin";
import type { Deployer } from "./azure/deployer";
import { Foundation, type FoundationArgs } from "./azure/foundation";
import type { ClusterPlacement } from "./azure/managed-cluster";
import { generationOf } from "./azure/recovery-points";
import { RegistryPermissions } from "./azure/registry-permissions";
import { WorkloadIdentities } from "./azure/workload-identities";
import { Delivery, type DeliveryArgs } from "./gitops/delivery";
import type { ClusterVars } from "./gitops/flux/cluster-vars";
import type { PhysicalNames } from "./settings/naming";

export interface PlatformArgs {
    readonly location: string;
    /** The region of what a rebuild replaces: network and cluster. */
    readonly clusterLocation: string;
    /** Whether what outlives a cluster is protected, and retained when it leaves the program. */
    readonly protect: boolean;
    readonly names: PhysicalNames;
    /** Who runs the program. */
    readonly deployer: Deployer;
    readonly foundation: Omit<FoundationArgs, "location" | "clusterLocation" | "protect" | "names" | "deployer">;
    readonly cluster: Omit<AksClusterArgs, keyof ClusterPlacement | "deployer">;
    readonly fleet: DeliveryArgs["fleet"];
    readonly flux: Omit<DeliveryArgs["flux"], "controllerClientIds">;
    readonly sopsFingerprints: DeliveryArgs["sopsFingerprints"];
    /** When a new cluster's database comes back to, in RFC 3339. @default - the end of what was written */
    readonly recoverTo?: string | undefined;
    /** The variables of the tree that follow from settings and not from resources. */
    readonly clusterVars: Pick<
        ClusterVars<string>,
        "environment" | "domain" | "service_mesh" | "fleet_branch" | "image_automation_suspended"
    >;
}

const databaseContainer = "postgresql" satisfies BlobContainer;

/**
 * An empty subscription to a cluster that reconciles itself from Git: what outlives a cluster, the cluster, the
 * identities of what runs in it, and the path from Git into it.
 */
export class Platform extends pulumi.ComponentResource {
    readonly foundation: Foundation;
    readonly cluster: AksCluster;
    readonly delivery: Delivery;

    constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Platform", name, {}, opts);
        const { location, clusterLocation, protect, names, deployer } = args;
        const shared = { location, clusterLocation, protect, names, deployer };
        this.foundation = new Foundation(name, { ...shared, ...args.foundation }, { parent: this });
        this.cluster = this.createCluster(name, args);
        const identities = this.createIdentities(name, args);
        this.setRegistryMode(name, identities);
        const { clientIds } = identities;
        this.delivery = new Delivery(
            name,
            {
                fleet: args.fleet,
                flux: {
                    ...args.flux,
                    controllerClientIds: {
                        "kustomize-controller": clientIds["kustomize-controller"],
                        "source-controller": clientIds["source-controller"],
                        "image-reflector-controller": clientIds["image-reflector-controller"],
                    },
                },
                cluster: {
                    clusterUid: this.cluster.clusterUid,
                    kubeconfig: this.cluster.kubeconfig,
                    isEntered: args.cluster.login !== undefined,
                },
                clusterVars: this.clusterVars(args, this.createOrigin(name, args), clientIds),
                sopsFingerprints: args.sopsFingerprints,
            },
            { parent: this },
        );
        this.registerOutputs();
    }

    private createCluster(name: string, { clusterLocation, names, deployer, cluster }: PlatformArgs): AksCluster {
        const { groups, network, identities } = this.foundation;
        return new AksCluster(
            `${name}-cluster`,
            {
                ...cluster,
                deployer,
                resourceGroupName: groups.clusterName,
                resourceGroupId: groups.clusterId,
                location: clusterLocation,
                clusterName: names.cluster,
                dnsPrefix: names.dnsPrefix,
                nodeResourceGroupName: names.nodeGroup,
                tenantId: deployer.tenantId,
                nodeSubnetId: network.nodeSubnetId,
                controlPlaneId: identities.controlPlaneId,
                kubeletId: identities.kubeletId,
                kubeletClientId: identities.kubeletClientId,
                kubeletPrincipalId: identities.kubeletPrincipalId,
            },
            { parent: this },
        );
    }

    /** After all that pulls and pushes has the roles of the mode. */
    private setRegistryMode(name: string, identities: WorkloadIdentities): void {
        const { registry } = this.foundation;
        new RegistryPermissions(
            `${name}-registry`,
            {
                registryId: registry.registryId,
                mode: registry.mode,
                token: authorization.getClientTokenOutput({}, { parent: this }).token,
            },
            { parent: this, dependsOn: [registry, identities] },
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
                issuerUrl: this.cluster.issuerUrl,
                protect,
            },
            { parent: this },
        );
    }

    private createOrigin(name: string, { recoverTo }: PlatformArgs): DatabaseOrigin {
        const { backups, backupReading } = this.foundation;
        return new DatabaseOrigin(
            `${name}-database`,
            {
                account: backups.accountName,
                container: databaseContainer,
                token: () => this.storageToken(),
                generation: this.cluster.clusterUid.apply(generationOf),
                recoverTo,
            },
            { parent: this, dependsOn: [...backupReading] },
        );
    }

    private async storageToken(): Promise<string> {
        const endpoint = "https://storage.azure.com";
        return (await authorization.getClientToken({ endpoint }, { parent: this })).token;
    }

    private clusterVars(
        { deployer, clusterVars }: PlatformArgs,
        origin: DatabaseOrigin,
        clientIds: WorkloadIdentities["clientIds"],
    ): DeliveryArgs["clusterVars"] {
        const { groups, vault, registry, backups } = this.foundation;
        return {
            ...clusterVars,
            cluster_name: this.cluster.clusterName,
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
            cluster_generation: this.cluster.clusterUid.apply(generationOf),
            database_bootstrap: origin.bootstrap,
            database_source: origin.source,
            database_recovery_target: origin.recoveryTarget,
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
