import * as pulumi from "@pulumi/pulumi";
import type { Preflight } from "../preflight/preflight";
import type { Settings } from "../settings/settings";
import { BackupStorage } from "./backup-storage";
import { ClusterIdentities } from "./cluster-identities";
import { ContainerRegistry } from "./container-registry";
import { DnsZone } from "./dns-zone";
import { KeyVault } from "./key-vault";
import { Network } from "./network";
import { ResourceGroups } from "./resource-groups";

export interface FoundationArgs {
    readonly settings: Settings;
    readonly preflight: Preflight;
}

/**
 * What a cluster stands on. Registry, vault, backups, DNS zone and identities outlive it, in a resource group of their own;
 * the network does not.
 */
export class Foundation extends pulumi.ComponentResource {
    readonly groups: ResourceGroups;
    readonly network: Network;
    readonly identities: ClusterIdentities;
    readonly registry: ContainerRegistry;
    readonly vault: KeyVault;
    readonly backups: BackupStorage;
    /** Only where a domain is configured. */
    readonly zone: DnsZone | undefined;

    constructor(name: string, { settings, preflight }: FoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Foundation", name, {}, opts);
        const { names, deployer, recoverKeyVault } = preflight;
        const at = { location: settings.location, protect: settings.protectDurable };
        const here = { parent: this };
        this.groups = new ResourceGroups(
            name,
            { ...at, durableName: names.durableGroup, clusterName: names.clusterGroup },
            here,
        );
        const durable = { ...at, resourceGroupName: this.groups.durableName };
        this.network = this.createNetwork(name, settings, preflight);
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
        this.registry = this.createRegistry(name, settings, preflight);
        const vault = { ...durable, vaultName: names.keyVault, deployer, recover: recoverKeyVault };
        this.vault = new KeyVault(`${name}-vault`, vault, here);
        this.backups = this.createBackups(name, settings, preflight);
        this.zone = settings.domain
            ? new DnsZone(`${name}-zone`, { ...durable, domain: settings.domain }, here)
            : undefined;
        this.registerOutputs();
    }

    private createNetwork(name: string, settings: Settings, { names }: Preflight): Network {
        return new Network(
            `${name}-network`,
            {
                resourceGroupName: this.groups.clusterName,
                location: settings.location,
                networkName: names.network,
                vnetCidr: settings.vnetCidr,
                nodeSubnetCidr: settings.nodeSubnetCidr,
            },
            { parent: this },
        );
    }

    private createRegistry(name: string, settings: Settings, { names }: Preflight): ContainerRegistry {
        const { ciRepository: repository, environment } = settings;
        return new ContainerRegistry(
            `${name}-registry`,
            {
                resourceGroupName: this.groups.durableName,
                location: settings.location,
                registryName: names.registry,
                sku: settings.registrySku,
                // Regions without zones refuse it; whoever spreads nodes over zones is in one that has them.
                zoneRedundant: settings.registrySku === "Premium" && settings.systemPool.zones.length > 1,
                kubeletPrincipalId: this.identities.kubeletPrincipalId,
                ci: repository ? { identityName: names.identity("ci"), repository, environment } : undefined,
                protect: settings.protectDurable,
            },
            { parent: this },
        );
    }

    private createBackups(name: string, settings: Settings, { names }: Preflight): BackupStorage {
        return new BackupStorage(
            `${name}-backups`,
            {
                resourceGroupName: this.groups.durableName,
                location: settings.location,
                accountName: names.storageAccount,
                containers: ["velero", "postgresql", "loki"],
                redundancy: settings.backupRedundancy,
                retentionDays: settings.backupRetentionDays,
                protect: settings.protectDurable,
            },
            { parent: this },
        );
    }
}
