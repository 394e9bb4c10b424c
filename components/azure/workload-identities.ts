import * as pulumi from "@pulumi/pulumi";
import type { PhysicalNames } from "../settings/naming";
import type { Foundation } from "./foundation";
import type { Grant } from "./role-grant";
import {
    ACR_PULL,
    DNS_ZONE_CONTRIBUTOR,
    KEY_VAULT_CRYPTO_USER,
    KEY_VAULT_SECRETS_USER,
    READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
} from "./roles";
import { WorkloadIdentity } from "./workload-identity";

export interface WorkloadIdentitiesArgs {
    readonly foundation: Foundation;
    readonly location: string;
    readonly names: PhysicalNames;
    /** Issuer of the tokens of the cluster's service accounts. */
    readonly issuerUrl: pulumi.Input<string>;
    readonly protect: boolean;
}

interface Workload {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly grants: readonly Grant[];
}

/** What acts in Azure from inside of the cluster, and what it may do there. One entry is one identity. */
function workloadsOf({ registry, vault, backups, zone, groups }: Foundation) {
    const pull = [{ role: ACR_PULL, scope: registry.registryId }];
    const records = zone ? [{ role: DNS_ZONE_CONTRIBUTOR, scope: zone.zoneId }] : [];
    return {
        "kustomize-controller": flux("kustomize-controller", [{ role: KEY_VAULT_CRYPTO_USER, scope: vault.keyId }]),
        "source-controller": flux("source-controller", pull),
        "image-reflector-controller": flux("image-reflector-controller", pull),
        velero: blobs("velero", "velero", backups.containerIds.velero),
        postgresql: blobs("postgresql", "postgresql", backups.containerIds.postgresql),
        loki: blobs("monitoring", "loki", backups.containerIds.loki),
        "external-secrets": {
            namespace: "external-secrets",
            serviceAccount: "external-secrets",
            grants: [{ role: KEY_VAULT_SECRETS_USER, scope: vault.vaultId }],
        },
        "external-dns": {
            namespace: "external-dns",
            serviceAccount: "external-dns",
            // It lists the zones of the group, and ends when it may not, also where there is none.
            grants: [...records, { role: READER, scope: groups.durableId }],
        },
        "cert-manager": { namespace: "cert-manager", serviceAccount: "cert-manager", grants: records },
    } satisfies Record<string, Workload>;
}

function flux(serviceAccount: string, grants: readonly Grant[]): Workload {
    return { namespace: "flux-system", serviceAccount, grants };
}

function blobs(namespace: string, serviceAccount: string, container: pulumi.Input<string>): Workload {
    return { namespace, serviceAccount, grants: [{ role: STORAGE_BLOB_DATA_CONTRIBUTOR, scope: container }] };
}

/** The workloads that act in Azure. */
export type WorkloadName = keyof ReturnType<typeof workloadsOf>;

/** One identity for each workload that acts in Azure, so that none holds more than it needs. */
export class WorkloadIdentities extends pulumi.ComponentResource {
    readonly clientIds: Readonly<Record<WorkloadName, pulumi.Output<string>>>;

    constructor(name: string, args: WorkloadIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:WorkloadIdentities", name, {}, opts);
        const { foundation, location, names, issuerUrl, protect } = args;
        const identities = Object.entries<Workload>(workloadsOf(foundation)).map(
            ([workload, { namespace, serviceAccount, grants }]) => {
                const identity = new WorkloadIdentity(
                    `${name}-${workload}`,
                    {
                        resourceGroupName: foundation.groups.durableName,
                        location,
                        identityName: names.identity(workload),
                        issuerUrl,
                        subjects: [`system:serviceaccount:${namespace}:${serviceAccount}`],
                        grants,
                        protect,
                    },
                    { parent: this },
                );
                return [workload, identity.clientId] as const;
            },
        );
        this.clientIds = Object.fromEntries(identities) as Record<WorkloadName, pulumi.Output<string>>;
        this.registerOutputs({ clientIds: this.clientIds });
    }
}
