import * as pulumi from "@pulumi/pulumi";
import { firstCluster, nameFor, type PhysicalNames } from "../settings/naming";
import { BackupStorage, type BackupStorageArgs, type BlobContainer } from "./backup-storage";
import { ClusterGround, type Ground } from "./cluster-ground";
import { ClusterIdentities } from "./cluster-identities";
import { ContainerRegistry, type ContainerRegistryArgs, type TeamPipeline } from "./container-registry";
import type { Deployer } from "./deployer";
import { DnsZone } from "./dns-zone";
import { sopsKeyId } from "./key-check";
import { KeyVault } from "./key-vault";
import { Network } from "./network";
import { ResourceGroups } from "./resource-groups";
import { grantRole, roleSlug } from "./role-grant";
import { storageBlobDataReader } from "./roles";

export interface FoundationArgs {
    readonly location: string;
    /** The region of the network, and of the cluster's group. */
    readonly clusterLocation: string;
    /** Whether what outlives a cluster is protected, and retained when it leaves the program. */
    readonly protect: boolean;
    readonly names: PhysicalNames;
    /** Who runs the program, and gets to delete and recover the vault's key. */
    readonly deployer: Deployer;
    /** Whether Azure still keeps the stack's vault, deleted, so that it is recovered and not made. */
    readonly recoverKeyVault: boolean;
    /** The stack's clusters by name. */
    readonly clusters: readonly string[];
    /** Address range of the virtual network, of each cluster. */
    readonly vnetCidr: string;
    /** Address range of the nodes, inside `vnetCidr`. */
    readonly nodeSubnetCidr: string;
    readonly registry: Pick<ContainerRegistryArgs, "sku" | "zoneRedundant"> & {
        /** The pipeline that pushes: its repository, and the GitHub environment of its jobs. @default - none */
        readonly ci?: { readonly repository: string; readonly environment: string } | undefined;
        /** The teams' pipelines, and whose tokens they have. @default - none */
        readonly teams?: readonly Omit<TeamPipeline, "identityName">[];
    };
    readonly backups: Pick<BackupStorageArgs, "redundancy" | "retentionDays" | "immutableDays">;
    /** The domain to make a DNS zone for. @default - no zone */
    readonly domain?: string | undefined;
}

/**
 * What clusters stand on. Registry, vault, backups, DNS zone and identities outlive them, in a resource group of their
 * own; networks do not. The group and the network of the first cluster are there without it too: empty, they cost
 * nothing.
 */
export class Foundation extends pulumi.ComponentResource {
    readonly groups: ResourceGroups;
    /** Where each cluster is made. */
    readonly grounds: Readonly<Record<string, Ground>>;
    readonly identities: ClusterIdentities;
    readonly registry: ContainerRegistry;
    readonly vault: KeyVault;
    readonly backups: BackupStorage;
    /** The grants by which the deployer finds the backups that a new cluster comes back from. */
    readonly backupReading: readonly pulumi.Resource[];
    /** Only where a domain is configured. */
    readonly zone: DnsZone | undefined;

    constructor(name: string, args: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Foundation", name, {}, opts);
        const { location, clusterLocation, protect, names } = args;
        const here = { parent: this };
        this.groups = new ResourceGroups(
            name,
            {
                ...{ location, clusterLocation, protect },
                ...{ durableName: names.durableGroup, clusterName: names.clusterGroup },
            },
            here,
        );
        const durable = { location, protect, resourceGroupName: this.groups.durableName };
        const network = this.createNetwork(name, args);
        this.identities = new ClusterIdentities(
            name,
            {
                ...durable,
                controlPlaneName: names.identity("control-plane"),
                kubeletName: names.identity("kubelet"),
                nodeSubnetId: network.nodeSubnetId,
            },
            here,
        );
        this.grounds = this.createGrounds(name, args, network);
        this.registry = this.createRegistry(name, args);
        const vault = {
            ...durable,
            vaultName: names.keyVault,
            deployer: args.deployer,
            recoveredKeyId: args.recoverKeyVault ? this.keyIdOf(args) : undefined,
        };
        this.vault = new KeyVault(`${name}-vault`, vault, here);
        this.backups = this.createBackups(name, args);
        this.backupReading = this.grantReading(name, args);
        this.zone = args.domain ? new DnsZone(`${name}-zone`, { ...durable, domain: args.domain }, here) : undefined;
        this.registerOutputs();
    }

    private keyIdOf({ deployer: { subscriptionId }, names }: FoundationArgs): string {
        return sopsKeyId({ subscriptionId, resourceGroupName: names.durableGroup, keyVault: names.keyVault });
    }

    private createNetwork(name: string, { clusterLocation, names, vnetCidr, nodeSubnetCidr }: FoundationArgs): Network {
        return new Network(
            `${name}-network`,
            {
                resourceGroupName: this.groups.clusterName,
                location: clusterLocation,
                networkName: names.network,
                vnetCidr,
                nodeSubnetCidr,
            },
            { parent: this },
        );
    }

    private createGrounds(name: string, args: FoundationArgs, { nodeSubnetId }: Network): Record<string, Ground> {
        const { groups, identities } = this;
        const { controlPlaneId } = identities;
        const first = { groupName: groups.clusterName, groupId: groups.clusterId, nodeSubnetId, controlPlaneId };
        const { clusterLocation: location, vnetCidr, nodeSubnetCidr } = args;
        return Object.fromEntries(
            args.clusters.map((cluster) => {
                const names = args.names.ofCluster(cluster);
                const shared = { location, names, vnetCidr, nodeSubnetCidr, identities };
                return [
                    cluster,
                    cluster === firstCluster
                        ? first
                        : new ClusterGround(nameFor(cluster, name), shared, { parent: this }),
                ];
            }),
        );
    }

    private createRegistry(name: string, { location, protect, names, registry }: FoundationArgs): ContainerRegistry {
        const { ci, teams = [], ...size } = registry;
        return new ContainerRegistry(
            `${name}-registry`,
            {
                ...size,
                resourceGroupName: this.groups.durableName,
                location,
                registryName: names.registry,
                kubeletPrincipalId: this.identities.kubeletPrincipalId,
                ci: ci && { ...ci, identityName: names.identity("ci") },
                teams: teams.map((pipeline) => ({ ...pipeline, identityName: names.identity(`ci-${pipeline.team}`) })),
                protect,
            },
            { parent: this },
        );
    }

    private createBackups(name: string, { location, protect, names, backups }: FoundationArgs): BackupStorage {
        return new BackupStorage(
            `${name}-backups`,
            {
                ...backups,
                resourceGroupName: this.groups.durableName,
                location,
                accountName: names.storageAccount,
                containers: ["velero", "postgresql", "loki"],
                protect,
            },
            { parent: this },
        );
    }

    private grantReading(name: string, { deployer: { objectId, principalType: type } }: FoundationArgs) {
        return (["velero", "postgresql"] as const satisfies readonly BlobContainer[]).map((container) => {
            const grant = { role: storageBlobDataReader, scope: this.backups.containerIds[container] };
            const grantName = `${name}-backups-${container}-deployer-${roleSlug(grant.role)}`;
            return grantRole(grantName, { objectId, type }, grant, { parent: this });
        });
    }
}
