import { type ArmClient, refusal } from "./arm-client";
import { isUnregistered } from "./registration";

export interface KeyCheckArgs {
    readonly subscriptionId: string;
    readonly resourceGroupName: string;
    readonly keyVault: string;
}

/** ARM id of the vault's key `sops`. */
export function sopsKeyId({ subscriptionId, resourceGroupName, keyVault }: KeyCheckArgs): string {
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
    return `${group}/providers/Microsoft.KeyVault/vaults/${keyVault}/keys/sops`;
}

/**
 * Whether the vault is there and has the key `sops`; it has none where the subscription does not use Key Vault yet.
 * Rejects when Azure cannot be asked, with what it said.
 */
export async function sopsKeyExists(arm: ArmClient, args: KeyCheckArgs): Promise<boolean> {
    const answer = await arm.ask(`${sopsKeyId(args)}?api-version=2024-11-01`);
    if (answer.status !== 200 && answer.status !== 404 && !isUnregistered(answer)) {
        throw refusal(`whether vault ${args.keyVault} has the key sops`, answer);
    }
    return answer.status === 200;
}
