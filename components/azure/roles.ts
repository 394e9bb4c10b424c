import * as pulumi from "@pulumi/pulumi";

/**
 * A role built into Azure.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export interface Role {
    /** The name that the portal shows. */
    readonly title: string;
    /** The GUID of the definition, the same in every tenant. */
    readonly guid: string;
}

/** Granted on the registry to the kubelet and to Flux's controllers, so that images and charts can be pulled. */
export const ACR_PULL: Role = { title: "AcrPull", guid: "7f951dda-4ed3-4680-a7ca-43fe172d538d" };

/** Granted on the registry to the pipeline's identity, so that it can push images. */
export const ACR_PUSH: Role = { title: "AcrPush", guid: "8311e382-0749-4cb8-b61a-304f252e45ec" };

/** Granted on the cluster to the deployer, so that it can install Flux: with Azure RBAC, AKS gives its maker no access. */
export const AKS_RBAC_CLUSTER_ADMIN: Role = {
    title: "Azure Kubernetes Service RBAC Cluster Admin",
    guid: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
};

/** Granted on the zone to external-dns and cert-manager, so that they can write its records. */
export const DNS_ZONE_CONTRIBUTOR: Role = {
    title: "DNS Zone Contributor",
    guid: "befefa01-2a29-4197-83a8-272ff33ce314",
};

/** Granted on the vault to the deployer: creating a key needs no data role, but deleting or recovering one does. */
export const KEY_VAULT_CRYPTO_OFFICER: Role = {
    title: "Key Vault Crypto Officer",
    guid: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
};

/** Granted on the key to kustomize-controller, so that it can decrypt the tree (SOPS uses encrypt and decrypt, not wrap). */
export const KEY_VAULT_CRYPTO_USER: Role = {
    title: "Key Vault Crypto User",
    guid: "12338af0-0e69-4776-bea7-57ae8d297424",
};

/** Granted on the kubelet's identity to the control plane's, so that AKS can assign it to the nodes. */
export const MANAGED_IDENTITY_OPERATOR: Role = {
    title: "Managed Identity Operator",
    guid: "f1a07417-d97a-45cb-824c-7a7467783830",
};

/** Granted on the subnet to the control plane's identity, so that nodes and internal load balancers can join it. */
export const NETWORK_CONTRIBUTOR: Role = {
    title: "Network Contributor",
    guid: "4d97b98b-1d4f-4787-a291-c67834d212e7",
};

/** Granted on the durable resource group to external-dns, which looks its zone up by listing the group's. */
export const READER: Role = { title: "Reader", guid: "acdd72a7-3385-48ef-bd42-f606fba81ae7" };

/** Granted on the backup container to Velero, so that it can write and remove backups without the account's keys. */
export const STORAGE_BLOB_DATA_CONTRIBUTOR: Role = {
    title: "Storage Blob Data Contributor",
    guid: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
};

/** The id of a role's definition in the subscription that a scope belongs to, the form that ARM answers with. */
export function roleDefinitionId(role: Role, scope: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(scope).apply((id) => {
        const subscription = /^\/subscriptions\/[^/]+/i.exec(id)?.[0];
        if (!subscription)
            throw new pulumi.RunError(`${role.title} cannot be granted on ${id}: it is in no subscription`);
        return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.guid}`;
    });
}
