import { type Access, asIdentity } from "../azure-access";
import type { Installed } from "../operator";
import type { RemoteReference, SecretStore } from "./types";

export type ReadSecret = (reference: RemoteReference) => Promise<string>;

/**
 * Reads secrets of a store's vault with the identity that the store names.
 *
 * @throws Error if the store is of another kind than Azure Key Vault with workload identity, or if Entra or the vault
 * refuse.
 */
export async function withVault<Result>(
    store: SecretStore,
    installed: Installed,
    program: (read: ReadSecret) => Promise<Result>,
): Promise<Result> {
    const { azurekv } = store.spec.provider;
    const serviceAccountRef = azurekv?.serviceAccountRef;
    if (azurekv?.authType !== "WorkloadIdentity" || !serviceAccountRef) {
        throw new Error(
            "the sandbox stands in for provider azurekv with authType WorkloadIdentity and a serviceAccountRef, and for no other",
        );
    }
    const access: Access = {
        namespace: store.metadata.namespace ?? serviceAccountRef.namespace ?? installed.namespace,
        ...{ serviceAccount: serviceAccountRef.name, resource: "https://vault.azure.net", tenantId: azurekv.tenantId },
    };
    return asIdentity(installed, access, (call) =>
        program(async ({ key, version = "", property }) => {
            const url = new URL(`/secrets/${key.replace(/^secret\//, "")}/${version}`, azurekv.vaultUrl);
            url.search = "api-version=7.4";
            const { status, body } = await call("GET", url.href);
            if (status !== 200) {
                throw new Error(`GET ${url.href}: ${status} ${body}`);
            }
            const { value } = JSON.parse(body) as { value: string };
            return property === undefined ? value : propertyOf(value, property, key);
        }),
    );
}

function propertyOf(value: string, property: string, key: string): string {
    const found = (JSON.parse(value) as Record<string, unknown>)[property];
    if (found === undefined) {
        throw new Error(`property ${property} does not exist in key ${key}`);
    }
    return typeof found === "string" ? found : JSON.stringify(found);
}
