import { type ArmClient, refusal } from "./arm-client";
import { isUnregistered } from "./registration";

export interface KeyCheckArgs {
    readonly subscriptionId: string;
    readonly resourceGroupName: string;
    readonly keyVault: string;
}

/**
 * Whether the vault is there and has the key `sops`; it has none where the subscription does not use Key Vault yet.
 * Rejects when Azure cannot be asked, with what it said.
 */
export async function sopsKeyExists(arm: ArmClient, args: KeyCheckArgs): Promise<boolean> {
    const group = `/subscriptions/${args.subscriptionId}/resourceGroups/${args.resourceGroupName}`;
    const key = `${group}/providers/Microsoft.KeyVault/vaults/${args.keyVault}/keys/sops`;
    const answer = await arm.ask(`${key}?api-version=2024-11-01`);
    if (answer.status !== 200 && answer.status !== 404 && !isUnregistered(answer)) {
        throw refusal(`whether vault ${args.keyVault} has the key sops`, answer);
    }
    return answer.status === 200;
}
