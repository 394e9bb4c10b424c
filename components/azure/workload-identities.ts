import * as pulumi from "@pulumi/pulumi";
import { fluxNamespace } from "../gitops/flux-names";
import { firstCluster, type PhysicalNames } from "../settings/naming";
import type { BlobContainer } from "./backup-storage";
import { type RegistryMode, registryRoles } from "./registry-permissions";
import type { Grant } from "./role-grant";
import {
    dnsZoneContributor,
    keyVaultCryptoUser,
    keyVaultSecretsUser,
    reader,
    storageBlobDataContributor,
    storageBlobDelegator,
} from "./roles";
import { WorkloadIdentity } from "./workload-identity";

export interface WorkloadIdentitiesArgs {
    /** The group that the identities are in, which outlives the cluster. */
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: string;
    readonly names: Pick<PhysicalNames, "identity">;
    readonly scopes: WorkloadScopes;
    /** Issuers of the tokens of the clusters' service accounts, by cluster. */
    readonly issuerUrls: Readonly<Record<string, pulumi.Input<string>>>;
    readonly protect: boolean;
}

/** ARM ids of what the workloads use. */
export interface WorkloadScopes {
    readonly durableGroupId: pulumi.Input<string>;
    readonly registryId: pulumi.Input<string>;
    readonly registryMode: RegistryMode;
    readonly vaultId: pulumi.Input<string>;
    /** The key that decrypts the tree's Secrets. */
    readonly keyId: pulumi.Input<string>;
    /** The secret that the tree's examples read. */
    readonly exampleId: pulumi.Input<string>;
    /** The account of the containers. */
    readonly storageAccountId: pulumi.Input<string>;
    readonly containerIds: Readonly<Record<BlobContainer, pulumi.Input<string>>>;
    /** @default - no zone */
    readonly zoneId?: pulumi.Input<string> | undefined;
}

interface Workload {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly grants: readonly Grant[];
}

/** What acts in Azure from inside the cluster, and what it may do there. One entry is one identity. */
function workloadsOf(scopes: WorkloadScopes) {
    const { registryId, registryMode, vaultId, keyId, exampleId } = scopes;
    const { storageAccountId, containerIds, zoneId, durableGroupId } = scopes;
    const pull = [{ role: registryRoles[registryMode].pull, scope: registryId }];
    const records = zoneId ? [{ role: dnsZoneContributor, scope: zoneId }] : [];
    return {
        "kustomize-controller": flux("kustomize-controller", [{ role: keyVaultCryptoUser, scope: keyId }]),
        "source-controller": flux("source-controller", pull),
        "image-reflector-controller": flux("image-reflector-controller", pull),
        velero: {
            namespace: "velero",
            serviceAccount: "velero",
            grants: [
                { role: storageBlobDataContributor, scope: containerIds.velero },
                { role: storageBlobDelegator, scope: storageAccountId },
            ],
        },
        postgresql: blobs("postgresql", "postgresql", containerIds.postgresql),
        loki: blobs("monitoring", "loki", containerIds.loki),
        "external-secrets": {
            namespace: "external-secrets",
            serviceAccount: "external-secrets",
            grants: [{ role: keyVaultSecretsUser, scope: vaultId }],
        },
        examples: {
            namespace: "examples",
            serviceAccount: "vault-reader",
            grants: [{ role: keyVaultSecretsUser, scope: exampleId }],
        },
        "external-dns": {
            namespace: "external-dns",
            serviceAccount: "external-dns",
            // It lists the zones of the group, and exits when it may not, even where there is no zone.
            grants: [...records, { role: reader, scope: durableGroupId }],
        },
        "cert-manager": { namespace: "cert-manager", serviceAccount: "cert-manager", grants: records },
    } satisfies Record<string, Workload>;
}

function flux(serviceAccount: string, grants: readonly Grant[]): Workload {
    return { namespace: fluxNamespace, serviceAccount, grants };
}

function blobs(namespace: string, serviceAccount: string, container: pulumi.Input<string>): Workload {
    return { namespace, serviceAccount, grants: [{ role: storageBlobDataContributor, scope: container }] };
}

/** The workloads that act in Azure. */
type WorkloadName = keyof ReturnType<typeof workloadsOf>;

/** What the workloads of a cluster name themselves by; known once Azure trusts that cluster. */
export type ClientIds = Readonly<Record<WorkloadName, pulumi.Output<string>>>;

/**
 * One identity for each workload that acts in Azure, so that none holds more than it needs. The same workload is the
 * same identity in each of the stack's clusters.
 */
export class WorkloadIdentities extends pulumi.ComponentResource {
    /** The roles of all, which wait for no cluster. */
    readonly grants: readonly pulumi.CustomResource[];
    private readonly clientIds: Readonly<Record<string, ClientIds>>;

    constructor(name: string, args: WorkloadIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:WorkloadIdentities", name, {}, opts);
        const { resourceGroupName, location, names, scopes, issuerUrls, protect } = args;
        const identities = Object.entries<Workload>(workloadsOf(scopes)).map(
            ([workload, { namespace, serviceAccount, grants }]) => {
                const identity = new WorkloadIdentity(
                    `${name}-${workload}`,
                    {
                        resourceGroupName,
                        location,
                        identityName: names.identity(workload),
                        issuerUrl: issuerUrls[firstCluster],
                        subjects: [`system:serviceaccount:${namespace}:${serviceAccount}`],
                        grants,
                        protect,
                    },
                    { parent: this },
                );
                return [workload, identity] as const;
            },
        );
        this.grants = identities.flatMap(([, { grants }]) => grants);
        const idsIn = ([cluster, issuerUrl]: [string, pulumi.Input<string>]) => {
            const ids = identities.map(([workload, identity]) => [
                workload,
                cluster === firstCluster ? identity.clientId : identity.trust(cluster, issuerUrl),
            ]);
            return [cluster, Object.fromEntries(ids) as ClientIds];
        };
        this.clientIds = Object.fromEntries(Object.entries(issuerUrls).map(idsIn)) as Record<string, ClientIds>;
        this.registerOutputs({ clientIds: this.clientIds });
    }

    /** @throws TypeError for a cluster of which no issuer was given. */
    clientIdsIn(cluster: string): ClientIds {
        const ids = this.clientIds[cluster];
        if (!ids) {
            throw new TypeError(`no workload identity trusts cluster ${cluster}`);
        }
        return ids;
    }
}
