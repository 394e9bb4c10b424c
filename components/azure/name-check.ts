import type { Problem } from "../settings/settings-rules";
import { type ArmClient, refusal } from "./arm-client";
import { text } from "./arm-request";
import { isUnregistered, unregistered } from "./registration";

export interface NameCheckArgs {
    readonly subscriptionId: string;
    /** The durable resource group, where the stack's own registry, vault and storage account are. */
    readonly resourceGroupName: string;
    readonly location: string;
    readonly registry: string;
    readonly keyVault: string;
    readonly storageAccount: string;
}

export interface NameCheck {
    /** What is wrong with the names; empty when all can be had. */
    readonly problems: readonly Problem[];
    /**
     * The stack's vault was deleted but is still kept by Azure: it has to be recovered, since its name cannot be had
     * again.
     */
    readonly recoverKeyVault: boolean;
}

interface Kind {
    readonly setting: string;
    readonly title: string;
    readonly namespace: string;
    readonly type: string;
    readonly apiVersion: string;
}

const registryKind: Kind = {
    setting: "landfall:registryName",
    title: "registry",
    namespace: "Microsoft.ContainerRegistry",
    type: "registries",
    apiVersion: "2023-01-01-preview",
};
const keyVaultKind: Kind = {
    setting: "landfall:keyVaultName",
    title: "Key Vault",
    namespace: "Microsoft.KeyVault",
    type: "vaults",
    apiVersion: "2024-11-01",
};
const storageAccount: Kind = {
    setting: "landfall:storageAccountName",
    title: "storage account",
    namespace: "Microsoft.Storage",
    type: "storageAccounts",
    apiVersion: "2024-01-01",
};

/**
 * Asks Azure, before anything is made, whether the names that all its customers share can be had: each is this stack's
 * already, or free. Rejects when Azure cannot be asked, with what it said.
 */
export async function checkNames(arm: ArmClient, args: NameCheckArgs): Promise<NameCheck> {
    const [registry, keyVault, storage] = await Promise.all([
        checkName(arm, args, registryKind, args.registry),
        checkName(arm, args, keyVaultKind, args.keyVault),
        checkName(arm, args, storageAccount, args.storageAccount),
    ]);
    const recoverKeyVault = keyVault !== undefined && (await ownDeletedVault(arm, args));
    const problems = [registry, recoverKeyVault ? undefined : keyVault, storage];
    return { problems: problems.filter((problem) => problem !== undefined), recoverKeyVault };
}

async function checkName(arm: ArmClient, args: NameCheckArgs, kind: Kind, name: string): Promise<Problem | undefined> {
    const own = await arm.ask(`${resourceId(args, kind, name)}?api-version=${kind.apiVersion}`);
    if (own.status === 200) {
        return undefined;
    }
    const path = `/subscriptions/${args.subscriptionId}/providers/${kind.namespace}/checkNameAvailability`;
    const body = { name, type: `${kind.namespace}/${kind.type}` };
    const answer = await arm.ask(`${path}?api-version=${kind.apiVersion}`, body);
    if (isUnregistered(answer)) {
        return unregistered(kind.namespace);
    }
    if (answer.status !== 200) {
        throw refusal(`whether the ${kind.title} name ${name} is free`, answer);
    }
    if (answer.body.nameAvailable === true) {
        return undefined;
    }
    const reason = text(answer.body.message) || text(answer.body.reason) || "it is taken";
    const fix = `choose another: pulumi config set ${kind.setting} <name>`;
    return { key: kind.setting, message: `the ${kind.title} name ${name} cannot be had (${reason}); ${fix}` };
}

async function ownDeletedVault(arm: ArmClient, args: NameCheckArgs): Promise<boolean> {
    const path = `/subscriptions/${args.subscriptionId}/providers/${keyVaultKind.namespace}/locations/${args.location}`;
    const answer = await arm.ask(`${path}/deletedVaults/${args.keyVault}?api-version=${keyVaultKind.apiVersion}`);
    if (answer.status !== 200) {
        return false;
    }
    const properties = (answer.body.properties ?? {}) as Record<string, unknown>;
    const own = resourceId(args, keyVaultKind, args.keyVault);
    return text(properties.vaultId).toLowerCase() === own.toLowerCase();
}

function resourceId(args: NameCheckArgs, kind: Kind, name: string): string {
    const group = `/subscriptions/${args.subscriptionId}/resourceGroups/${args.resourceGroupName}`;
    return `${group}/providers/${kind.namespace}/${kind.type}/${name}`;
}
