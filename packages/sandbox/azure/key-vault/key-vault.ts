import { randomBytes } from "node:crypto";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { deletedName } from "../arm/deleted-name";
import { isNameHeld } from "../arm/global-names";
import { type OperationPlan, takes } from "../arm/operations";
import { isWithin, parentOf } from "../arm/resource-id";
import type { PutContext, ResourceProvider } from "../arm/resource-provider";
import { without } from "../arm/without";
import type { AzureState, DeletedVault } from "../state";

interface VaultProperties {
    readonly tenantId: string;
    readonly sku?: { readonly name?: string };
    readonly createMode?: string;
    readonly enableSoftDelete?: boolean;
    readonly enablePurgeProtection?: boolean;
    readonly softDeleteRetentionInDays?: number;
}

interface KeyProperties extends Properties {
    readonly kty?: string;
    readonly keySize?: number;
    readonly curveName?: string;
    readonly keyOps?: string[];
    readonly attributes?: Properties;
}

const everyRsaOperation = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];

/**
 * Unique in the whole of Azure, kept back for 7 to 90 days after its deletion, and protected from purging for good once
 * it was.
 */
export const vault: ResourceProvider = {
    check(put) {
        const { state, address, previous } = put;
        const asked = put.inputs.properties as VaultProperties;
        const before = previous?.properties.properties as VaultProperties | undefined;
        checkSoftDeletion(asked, before);
        if (asked.tenantId.toLowerCase() !== state.tenantId.toLowerCase()) {
            throw invalid("The vault's tenant must be the tenant of the subscription.", "properties.tenantId");
        }
        const deleted = state.deletedVaults.get(address.name.toLowerCase());
        if (deleted && asked.createMode !== "recover") {
            throw new ArmError(
                409,
                "ConflictError",
                `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault ` +
                    `'${deleted.vault.address.id}'.`,
                "vaultName",
            );
        }
        if (!deleted && asked.createMode === "recover" && !previous) {
            throw new ArmError(
                404,
                "SoftDeletedVaultDoesNotExist",
                `A soft deleted vault with the given name '${address.name}' does not exist. Ensure that the name is correct.`,
                "properties.createMode",
            );
        }
        if (isNameHeld(state, "keyvault:Vault", address.name, address.id)) {
            throw new ArmError(
                409,
                "VaultAlreadyExists",
                `The vault name '${address.name}' is already in use. Vault names are globally unique so it is possible that the name ` +
                    "is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the " +
                    "same name was recently deleted but not purged after being placed in a recoverable state.",
                "vaultName",
            );
        }
    },
    properties(put) {
        const { inputs, previous, address } = put;
        const before = previous?.properties.properties as VaultProperties | undefined;
        const deleted = recovered(put);
        if (deleted) {
            // What else the PUT asks for is not applied: nothing that was recorded shows that it is.
            return deleted.vault.properties;
        }
        const asked = without(inputs.properties as VaultProperties, "createMode");
        return {
            ...inputs,
            tags: inputs.tags ?? {},
            properties: {
                accessPolicies: [],
                enabledForDeployment: false,
                enableSoftDelete: true,
                softDeleteRetentionInDays: before?.softDeleteRetentionInDays ?? 90,
                publicNetworkAccess: "Enabled",
                ...(before?.enablePurgeProtection ? { enablePurgeProtection: true } : {}),
                ...asked,
                vaultUri: `https://${address.name.toLowerCase()}.vault.azure.net/`,
                provisioningState: "Succeeded",
            },
        };
    },
    statuses: [200, 200],
    writing: (put) => {
        if (put.previous || recovered(put)) {
            return takes(put.previous ? 3 : 4);
        }
        return { seconds: 22, state: "RegisteringDns", follow: "resource" };
    },
    deleting: () => takes(5),
    /** The address of a vault that was just made is told without its last slash. */
    answer(shown, { previous }) {
        const { properties } = shown as { properties: { vaultUri: string } };
        const isNew = !previous && (properties as { provisioningState?: string }).provisioningState !== "Succeeded";
        return isNew
            ? { ...shown, properties: { ...properties, vaultUri: properties.vaultUri.replace(/\/$/, "") } }
            : shown;
    },
    written({ state, address }) {
        const deleted = state.deletedVaults.get(address.name.toLowerCase());
        state.deletedVaults.delete(address.name.toLowerCase());
        deleted?.children.forEach((child) => state.set(child));
        return Promise.resolve();
    },
    removed({ state, resource, inner }) {
        const children = inner.filter(({ address }) => address.type.token.startsWith("keyvault:"));
        state.deletedVaults.set(resource.address.name.toLowerCase(), {
            vault: resource,
            children,
            deletedAt: new Date(),
        });
        return Promise.resolve();
    },
};

/** The deleted vault that a PUT asks to have back. */
function recovered({ state, address, inputs }: PutContext): DeletedVault | undefined {
    const { createMode } = inputs.properties as VaultProperties;
    return createMode === "recover" ? state.deletedVaults.get(address.name.toLowerCase()) : undefined;
}

/** ARM creates a key if there is none; an existing one is given back as it is, whatever the PUT says. */
export const key: ResourceProvider = {
    statuses: [200, 200],
    writing: () => takes(0.5),
    check({ state, address, inputs }) {
        const { kty = "RSA", keySize, curveName } = inputs.properties as KeyProperties;
        if (state.deletedKeys.has(address.id.toLowerCase())) {
            throw deletedName("Key", address.name);
        }
        if (kty.startsWith("EC") ? keySize !== undefined : curveName !== undefined) {
            const wrong = kty.startsWith("EC") ? "keySize" : "curveName";
            throw invalid(`'${wrong}' is not for keys of type ${kty}.`, `properties.${wrong}`);
        }
        const { sku } = vaultOf(state, address.id);
        if (kty.endsWith("-HSM") && sku?.name !== "premium") {
            throw invalid(`Keys of type ${kty} need a vault of SKU premium.`, "properties.kty");
        }
    },
    properties(put) {
        return put.previous?.properties ?? newKey(put);
    },
};

/** How a purge runs. */
export const purgePlan: OperationPlan = {
    seconds: 5,
    follow: "result",
    collection: { status: "operationResults", result: "operationResults" },
};

/** @throws an ArmError when there is no such deleted vault, or when it is protected. */
export function purgeVault(state: AzureState, name: string): void {
    const deleted = state.deletedVaults.get(name.toLowerCase());
    if (!deleted) {
        throw new ArmError(404, "DeletedVaultNotFound", `The specified deleted vault '${name}' does not exist.`);
    }
    if ((deleted.vault.properties.properties as VaultProperties).enablePurgeProtection) {
        throw new ArmError(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.");
    }
    state.deletedVaults.delete(name.toLowerCase());
    for (const kept of [state.deletedKeys, state.deletedSecrets, state.secretVersions]) {
        [...kept.keys()].filter((id) => isWithin(id, deleted.vault.address.id)).forEach((id) => kept.delete(id));
    }
}

/** A deleted vault as the service lists it. */
export function describeDeletedVault({ vault, deletedAt }: DeletedVault): Properties {
    const { softDeleteRetentionInDays = 90, enablePurgeProtection } = vault.properties.properties as VaultProperties;
    const purgeAt = new Date(deletedAt.getTime() + softDeleteRetentionInDays * 24 * 3600 * 1000);
    const { subscriptionId } = vault.address.parameters;
    const location = String(vault.inputs.location);
    const { name } = vault.address;
    return {
        id: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
        name,
        type: "Microsoft.KeyVault/deletedVaults",
        properties: {
            vaultId: vault.address.id,
            location,
            tags: vault.inputs.tags ?? {},
            deletionDate: deletedAt.toISOString(),
            scheduledPurgeDate: purgeAt.toISOString(),
            purgeProtectionEnabled: enablePurgeProtection,
        },
    };
}

function checkSoftDeletion(asked: VaultProperties, before: VaultProperties | undefined): void {
    if (asked.enablePurgeProtection === false) {
        throw invalid(
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
            "properties.enablePurgeProtection",
        );
    }
    if (asked.enableSoftDelete === false) {
        throw invalid('The property "enableSoftDelete" can be set to false no longer.', "properties.enableSoftDelete");
    }
    const { softDeleteRetentionInDays: days } = asked;
    if (before && days !== undefined && days !== before.softDeleteRetentionInDays) {
        throw invalid(
            `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`,
            "properties.softDeleteRetentionInDays",
        );
    }
}

function newKey(put: PutContext): Properties {
    const { attributes, ...asked } = put.inputs.properties as KeyProperties;
    const kty = asked.kty ?? "RSA";
    const uri = `${vaultUri(put)}keys/${put.address.name}`;
    const now = Math.floor(Date.now() / 1000);
    const recoveryLevel = recoveryLevelOf(vaultOf(put.state, put.address.id));
    return {
        ...asked,
        kty,
        keyOps: asked.keyOps ?? (kty.startsWith("RSA") ? everyRsaOperation : ["sign", "verify"]),
        ...(kty.startsWith("RSA") ? { keySize: asked.keySize ?? 2048 } : { curveName: asked.curveName ?? "P-256" }),
        attributes: { enabled: true, exportable: false, created: now, updated: now, recoveryLevel, ...attributes },
        keyUri: uri,
        keyUriWithVersion: `${uri}/${version()}`,
        location: vaultLocation(put),
        tags: put.inputs.tags,
    };
}

/** How what a vault holds can come back after its deletion; a retention of less than 90 days is a custom one. */
export function recoveryLevelOf(vault: Partial<VaultProperties>): string {
    const { softDeleteRetentionInDays = 90, enablePurgeProtection } = vault;
    const kind = softDeleteRetentionInDays < 90 ? "CustomizedRecoverable" : "Recoverable";
    return enablePurgeProtection ? kind : `${kind}+Purgeable`;
}

function vaultOf(state: AzureState, keyId: string): Partial<VaultProperties> {
    return state.get(parentOf(keyId) ?? "")?.properties.properties ?? {};
}

export function vaultUri({ address }: PutContext): string {
    return `https://${(address.parameters.vaultName ?? "").toLowerCase()}.vault.azure.net/`;
}

export function vaultLocation({ state, address }: PutContext): unknown {
    return state.get(parentOf(address.id) ?? "")?.inputs.location;
}

export function version(): string {
    return randomBytes(16).toString("hex");
}

function invalid(message: string, target: string): ArmError {
    return new ArmError(400, "BadRequest", message, target);
}
