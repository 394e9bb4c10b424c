/**
 * Stands in for the data plane of Key Vault, in vaults with Azure RBAC: keys (`vault-keys.ts`) and secrets (`vault-secrets.ts`), in this
 * process's memory. Not modelled: access policies, firewalls, rotation policies, certificates.
 */
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { isAllowed } from "../arm/access";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import { KeyVersions } from "./key-versions";
import type { AzureState, Resource } from "../state";
import { VaultError } from "./vault-error";
import { answerKey } from "./vault-keys";
import { answerSecret } from "./vault-secrets";

export function keyVaultRoute(state: AzureState, entra: Entra): Route {
    const versions = new KeyVersions(state);
    const handle = async (request: HttpRequest): Promise<HttpResponse> => {
        try {
            return await answer(state, entra, versions, request);
        } catch (error) {
            if (error instanceof VaultError) {
                const challenge = `Bearer authorization="https://login.microsoftonline.com/${state.tenantId}", resource="https://vault.azure.net"`;
                const headers = error.status === 401 ? { "www-authenticate": challenge } : undefined;
                const inner = error.inner ? { innererror: { code: error.inner } } : {};
                const body = { error: { code: error.code, message: error.message, ...inner } };
                return { status: error.status, body, ...(headers ? { headers } : {}) };
            }
            throw error;
        }
    };
    return { host: /[a-z0-9-]+\.vault\.azure\.net/, handle };
}

async function answer(
    state: AzureState,
    entra: Entra,
    versions: KeyVersions,
    request: HttpRequest,
): Promise<HttpResponse> {
    const vault = findVault(state, request.url.hostname);
    const objectId = await authenticate(entra, request);
    const demandOn = (kind: string) => (id: string, action: string) =>
        demandDataAction(state, objectId, `Microsoft.KeyVault/vaults/${kind}/${action}`, id, vault);
    const isSecret = /^\/(deleted)?secrets(\/|$)/.test(request.url.pathname);
    return isSecret
        ? answerSecret({ state, vault, request, demand: demandOn("secrets") })
        : answerKey({ state, vault, request, demand: demandOn("keys") }, versions);
}

async function authenticate(entra: Entra, request: HttpRequest): Promise<string> {
    const token = bearerOf(request);
    if (token === undefined) {
        throw new VaultError(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
    }
    try {
        return (await entra.verify(token, ["https://vault.azure.net", "https://vault.azure.net/"])).objectId;
    } catch (error) {
        throw new VaultError(401, "Unauthorized", `AKV10022: Invalid token: ${(error as Error).message}.`);
    }
}

function demandDataAction(state: AzureState, objectId: string, action: string, scope: string, vault: Resource): void {
    const { enableRbacAuthorization } = vault.properties.properties as { enableRbacAuthorization?: boolean };
    if (!enableRbacAuthorization) {
        throw new VaultError(
            403,
            "Forbidden",
            "The vault is not set to Azure RBAC (enableRbacAuthorization), and the sandbox has no access policies.",
        );
    }
    if (!isAllowed(state, objectId, action, scope, "dataActions")) {
        throw new VaultError(
            403,
            "Forbidden",
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were " +
                `changed recently, please observe propagation time.\r\nCaller: oid=${objectId}\r\nAction: '${action}'\r\nResource: '${scope}'`,
            "ForbiddenByRbac",
        );
    }
}

function findVault(state: AzureState, host: string): Resource {
    const name = host.slice(0, host.indexOf("."));
    const vault = state
        .ofType("keyvault:Vault")
        .find(({ address }) => address.name.toLowerCase() === name.toLowerCase());
    if (!vault) {
        throw new VaultError(404, "VaultNotFound", `There is no key vault at ${host}.`);
    }
    return vault;
}
