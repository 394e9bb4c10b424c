import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error";

/**
 * A role built into Azure.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export interface Role {
    /** The name that the portal shows. */
    readonly title: string;
    /** The GUID of the definition, the same in every tenant. */
    readonly guid: string;
    /** Why the program grants it, as the end of a sentence; docs/permissions.md shows it. */
    readonly grantedSoThat: string;
}

export const acrPull: Role = {
    title: "AcrPull",
    guid: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    grantedSoThat: "images and charts can be pulled",
};

export const acrPush: Role = {
    title: "AcrPush",
    guid: "8311e382-0749-4cb8-b61a-304f252e45ec",
    grantedSoThat: "images can be pushed",
};

export const aksRbacClusterAdmin: Role = {
    title: "Azure Kubernetes Service RBAC Cluster Admin",
    guid: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    grantedSoThat: "Flux can be installed: with Azure RBAC, the maker of a cluster has no access to what is in it",
};

/** In the place of AcrPull where a registry has permissions for each repository. */
export const containerRegistryRepositoryReader: Role = {
    title: "Container Registry Repository Reader",
    guid: "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    grantedSoThat: "images and charts can be pulled",
};

/** In the place of AcrPush where a registry has permissions for each repository. */
export const containerRegistryRepositoryWriter: Role = {
    title: "Container Registry Repository Writer",
    guid: "2a1e307c-b015-4ebd-883e-5b7698a07328",
    grantedSoThat: "images can be pushed, by a team below its own name alone",
};

export const dnsZoneContributor: Role = {
    title: "DNS Zone Contributor",
    guid: "befefa01-2a29-4197-83a8-272ff33ce314",
    grantedSoThat: "the zone's records can be written",
};

export const keyVaultCryptoOfficer: Role = {
    title: "Key Vault Crypto Officer",
    guid: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    grantedSoThat:
        "the key can be deleted or recovered, which goes through the vault: the maker of a vault has no access to it",
};

/** SOPS asks for encrypt and decrypt; the roles that hold less allow wrap and unwrap only. */
export const keyVaultCryptoUser: Role = {
    title: "Key Vault Crypto User",
    guid: "12338af0-0e69-4776-bea7-57ae8d297424",
    grantedSoThat: "the tree's Secrets can be decrypted; no built-in role that decrypts allows less",
};

export const keyVaultSecretsUser: Role = {
    title: "Key Vault Secrets User",
    guid: "4633458b-17de-408a-b874-0445c86b69e6",
    grantedSoThat: "secrets of the vault can be read, and become Secrets of the cluster or files of a pod",
};

export const managedIdentityOperator: Role = {
    title: "Managed Identity Operator",
    guid: "f1a07417-d97a-45cb-824c-7a7467783830",
    grantedSoThat: "AKS can assign that identity to the nodes",
};

export const networkContributor: Role = {
    title: "Network Contributor",
    guid: "4d97b98b-1d4f-4787-a291-c67834d212e7",
    grantedSoThat: "nodes and internal load balancers can join it",
};

/** external-dns lists the zones of the group, which Azure checks on the group and not on each zone. */
export const reader: Role = {
    title: "Reader",
    guid: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    grantedSoThat: "the zone can be found, by listing the zones of the group",
};

/** A key for links to blobs belongs to the account, and is asked for there. */
export const storageBlobDelegator: Role = {
    title: "Storage Blob Delegator",
    guid: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
    grantedSoThat: "links to the logs and details of a backup can be signed without the account's keys",
};

export const storageBlobDataReader: Role = {
    title: "Storage Blob Data Reader",
    guid: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    grantedSoThat: "an update finds the backup that a new cluster comes back from",
};

export const storageBlobDataContributor: Role = {
    title: "Storage Blob Data Contributor",
    guid: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    grantedSoThat: "blobs can be written and removed without the account's keys",
};

/** The id of a role's definition in the subscription that a scope belongs to, the form that ARM answers with. */
export function roleDefinitionId(role: Role, scope: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(scope).apply((id) => {
        const subscription = /^\/subscriptions\/[^/]+/i.exec(id)?.[0];
        if (!subscription) {
            throw new UserError(`${role.title} cannot be granted on ${id}: it is in no subscription`);
        }
        return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.guid}`;
    });
}
