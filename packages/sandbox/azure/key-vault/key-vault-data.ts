/**
 * Stands in for the data plane of Key Vault, in vaults with Azure RBAC: keys (`vault-keys.ts`) and secrets
 * (`vault-secrets.ts`), in this process's memory. Not modelled: access policies, firewalls, rotation policies,
 * certificates.
 */
import { answerRefusals } from "../../network/refusal";
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { Router } from "../../network/router";
import { isAllowed } from "../arm/access";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import type { AzureState, Resource } from "../state";
import { KeyVersions } from "./key-versions";
import type { VaultOperation } from "./vault-call";
import { VaultError } from "./vault-error";
import { keyRoutes } from "./vault-keys";
import { secretRoutes } from "./vault-secrets";

const operations = new Router<VaultOperation>([...keyRoutes, ...secretRoutes]);

export function keyVaultRoute(state: AzureState, entra: Entra): Route {
    const versions = new KeyVersions(state);
    return {
        host: /[a-z0-9-]+\.vault\.azure\.net/,
        handle: answerRefusals((request) => answer(state, entra, versions, request)),
    };
}

async function answer(
    state: AzureState,
    entra: Entra,
    versions: KeyVersions,
    request: HttpRequest,
): Promise<HttpResponse> {
    const { method, url } = request;
    const vault = findVault(state, url.hostname);
    const objectId = await authenticate(state, entra, request);
    const found = operations.find(method, url.pathname);
    if (!found) {
        throw new VaultError(404, "NotFound", `The sandbox's Key Vault does not answer "${method} ${url.pathname}".`);
    }
    const { name, version = "" } = found.params;
    const collection = /^\/(deleted)?secrets/.test(url.pathname) ? "secrets" : "keys";
    const id = `${vault.address.id}/${collection}/${name ?? ""}`;
    const demand = (action: string, scope = id) =>
        demandDataAction(state, objectId, `Microsoft.KeyVault/vaults/${collection}/${action}`, scope, vault);
    return found.target({ state, vault, versions, request, id, version, demand });
}

async function authenticate(state: AzureState, entra: Entra, request: HttpRequest): Promise<string> {
    const unauthorized = (message: string) => {
        const authority = `https://login.microsoftonline.com/${state.tenantId}`;
        const challenge = `Bearer authorization="${authority}", resource="https://vault.azure.net"`;
        return new VaultError(401, "Unauthorized", message, undefined, { "www-authenticate": challenge });
    };
    const token = bearerOf(request);
    if (token === undefined) {
        throw unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
    }
    try {
        return (await entra.verify(token, ["https://vault.azure.net", "https://vault.azure.net/"])).objectId;
    } catch (error) {
        throw unauthorized(`AKV10022: Invalid token: ${(error as Error).message}.`);
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
