import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";
import { knownOf } from "./known-of";

/** The containers, named after who writes there. */
export type BlobContainer = "velero" | "postgresql" | "loki";

export interface BackupStorageArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly accountName: pulumi.Input<string>;
    /** One for each program that writes. */
    readonly containers: readonly BlobContainer[];
    /** Copies: one datacenter, three zones, or either with a second region. */
    readonly redundancy: "LRS" | "ZRS" | "GRS" | "GZRS";
    /** Days for which a deleted or overwritten blob can still be brought back. */
    readonly retentionDays: number;
    /**
     * Days after a blob was written for which no version of it can be deleted, whoever asks; 0 for none. Containers get
     * that when they are made: existing ones have to be migrated, and those that have it are deleted only when empty.
     */
    readonly immutableDays: number;
    /** Whether account and containers are protected and retained. */
    readonly protect: boolean;
}

/**
 * Blob containers for backups and logs. Account keys are off: only identities with a role get in. What is deleted or
 * overwritten, by mistake or by an intruder, can be brought back for the retention; after it, old versions are removed.
 * How long a backup is kept before it is deleted is the backup program's own setting.
 *
 * The programs that write may delete too, and then the version stays: the right to delete versions, to bring the end of
 * a retention forward and to change the account is not part of their role. Immutable versions withstand those who have
 * it as well. Their policies are not locked, so that an owner of the account can still put a mistake right.
 */
export class BackupStorage extends pulumi.ComponentResource {
    /** Name of the storage account. */
    readonly accountName: pulumi.Output<string>;
    /** ARM id of the storage account. */
    readonly accountId: pulumi.Output<string>;
    /** ARM id of each container, the scope of a grant on it alone. */
    readonly containerIds: Readonly<Record<BlobContainer, pulumi.Output<string>>>;
    /** The account's address for blobs, such as `https://example.blob.core.windows.net/`. */
    readonly blobEndpoint: pulumi.Output<string>;

    constructor(name: string, args: BackupStorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:BackupStorage", name, {}, opts);
        const account = this.createAccount(name, args);
        this.accountId = account.id;
        this.accountName = knownOf(account, args.accountName);
        const blobs = this.createBlobService(name, args);
        this.createLifecycle(name, args, blobs);
        this.containerIds = this.createContainers(name, args, blobs);
        this.blobEndpoint = pulumi.interpolate`https://${this.accountName}.blob.core.windows.net/`;
        this.registerOutputs({
            accountId: this.accountId,
            accountName: this.accountName,
            containerIds: this.containerIds,
            blobEndpoint: this.blobEndpoint,
        });
    }

    private createContainers(name: string, args: BackupStorageArgs, blobs: storage.BlobServiceProperties) {
        const ids = args.containers.map((containerName) => {
            const container = new storage.BlobContainer(
                `${name}-${containerName}`,
                {
                    resourceGroupName: args.resourceGroupName,
                    accountName: this.accountName,
                    containerName,
                    publicAccess: "None",
                    ...(args.immutableDays > 0 ? { immutableStorageWithVersioning: { enabled: true } } : {}),
                },
                // Immutable versions are refused until versioning is on.
                { ...durable(this, args.protect), dependsOn: [blobs] },
            );
            if (args.immutableDays > 0) {
                this.createImmutability(
                    `${name}-${containerName}-immutability`,
                    args,
                    knownOf(container, containerName),
                );
            }
            return [containerName, container.id] as const;
        });
        return Object.fromEntries(ids) as Record<BlobContainer, pulumi.Output<string>>;
    }

    private createImmutability(name: string, args: BackupStorageArgs, containerName: pulumi.Input<string>): void {
        new storage.BlobContainerImmutabilityPolicy(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                accountName: this.accountName,
                containerName,
                immutabilityPolicyName: "default",
                immutabilityPeriodSinceCreationInDays: args.immutableDays,
            },
            // It goes with its container: the program never takes the protection alone away.
            { ...durable(this, args.protect), retainOnDelete: true },
        );
    }

    private createAccount(name: string, args: BackupStorageArgs): storage.StorageAccount {
        return new storage.StorageAccount(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                location: args.location,
                accountName: args.accountName,
                kind: "StorageV2",
                sku: { name: `Standard_${args.redundancy}` },
                allowSharedKeyAccess: false,
                defaultToOAuthAuthentication: true,
                allowBlobPublicAccess: false,
                allowCrossTenantReplication: false,
                enableHttpsTrafficOnly: true,
                minimumTlsVersion: "TLS1_2",
                publicNetworkAccess: "Enabled",
            },
            durable(this, args.protect),
        );
    }

    private createBlobService(name: string, args: BackupStorageArgs) {
        const retention = { enabled: true, days: args.retentionDays };
        return new storage.BlobServiceProperties(
            `${name}-blobs`,
            {
                resourceGroupName: args.resourceGroupName,
                accountName: this.accountName,
                blobServicesName: "default",
                isVersioningEnabled: true,
                deleteRetentionPolicy: retention,
                containerDeleteRetentionPolicy: retention,
            },
            durable(this, args.protect),
        );
    }

    private createLifecycle(name: string, args: BackupStorageArgs, blobs: storage.BlobServiceProperties): void {
        const removeVersion = { delete: { daysAfterCreationGreaterThan: args.retentionDays } };
        new storage.ManagementPolicy(
            `${name}-lifecycle`,
            {
                resourceGroupName: args.resourceGroupName,
                accountName: this.accountName,
                managementPolicyName: "default",
                policy: {
                    rules: [
                        {
                            name: "remove-old-versions",
                            enabled: true,
                            type: "Lifecycle",
                            definition: {
                                filters: { blobTypes: ["blockBlob"] },
                                actions: { version: removeVersion },
                            },
                        },
                    ],
                },
            },
            // A rule on versions is refused until versioning is on.
            { ...durable(this, args.protect), dependsOn: [blobs] },
        );
    }
}
