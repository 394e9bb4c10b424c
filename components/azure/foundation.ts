import * as pulumi from "@pulumi/pulumi";
import type { PhysicalNames } from "../settings/naming";
import { BackupStorage, type BackupStorageArgs, type BlobContainer } from "./backup-storage";
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
    /** Address range of the virtual network. */
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
 * What a cluster stands on. Registry, vault, backups, DNS zone and identities outlive it, in a resource group of their
 * own; the network does not.
 */
export class Foundation extends pulumi.ComponentResource {
    readonly groups: ResourceGroups;
    readonly network: Network;
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
        this.network = this.createNetwork(name, args);
        this.identities = new ClusterIdentities(
            name,
            {
                ...durable,
                controlPlaneName: names.identity("control-plane"),
                kubeletName: names.identity("kubelet"),
                nodeSubnetId: this.network.nodeSubnetId,
            },
            here,
        );
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
