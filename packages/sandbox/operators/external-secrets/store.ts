import { defineKind, type Kind } from "../operator";
import { type Condition, conditionsOf, setStatus } from "../status";
import { withVault } from "./key-vault";
import { clusterSecretStores, type SecretStore, secretStores } from "./types";

/**
 * SecretStore and ClusterSecretStore: ready when Entra gives the identity of the store's service account a token for
 * Key Vault, as External Secrets asks for one when it makes its client. Whether the vault lets it read is seen with the
 * first ExternalSecret, there as here.
 */
export const storeKinds: readonly Kind[] = [secretStores, clusterSecretStores].map((kind) =>
    defineKind<SecretStore>({
        ...kind,
        async reconcile(store, installed) {
            const fault = await withVault(store, installed, () => Promise.resolve(undefined)).catch(String);
            const ready: Condition = { type: "Ready", status: "True", reason: "Valid", message: "store validated" };
            const message = `unable to create client: ${fault}`;
            const unready: Condition = { type: "Ready", status: "False", reason: "InvalidProviderConfig", message };
            await setStatus(installed.api, kind, store, {
                conditions: conditionsOf(store, fault === undefined ? ready : unready),
                ...(fault === undefined && { capabilities: "ReadWrite" }),
            });
            return fault === undefined ? 60_000 : 2000;
        },
    }),
);
