import { formatResourceId } from "../../azure/arm/resource-id";
import { findType } from "../../azure/arm/resource-types";
import { answerFromWire } from "../../azure/arm/wire";
import type { Properties } from "../provider";
import type { AzureClient } from "./azure-client";
import { type EntraClient, objectIdOf } from "./entra-client";
import type { Settings } from "./settings";

const management = "https://management.azure.com";

/** What the functions of the package need. */
export interface Session {
    readonly settings: Settings;
    readonly entra: EntraClient;
    readonly azure: AzureClient;
}

/**
 * Runs a function of the package: the two about the caller, the credentials of a cluster, and `get<Resource>` of the
 * known types.
 * @throws an Error for any other, and for a resource that does not exist.
 */
export async function invoke(session: Session, token: string, args: Properties): Promise<Properties> {
    const { settings, entra, azure } = session;
    const name = token.replace(/^azure-native:/, "");
    switch (name) {
        case "authorization:getClientConfig": {
            const { clientId, subscriptionId, tenantId } = settings;
            return { clientId, subscriptionId, tenantId, objectId: objectIdOf(await entra.token(management)) };
        }
        case "authorization:getClientToken":
            return { token: await entra.token(typeof args.endpoint === "string" ? args.endpoint : management) };
        case "containerservice:listManagedClusterUserCredentials":
            return clusterCredentials(session, "listClusterUserCredential", args);
        case "containerservice:listManagedClusterAdminCredentials":
            return clusterCredentials(session, "listClusterAdminCredential", args);
    }
    const type = findType(name.replace(/:get([A-Z])/, ":$1"));
    if (!type || !/:get[A-Z]/.test(name)) {
        throw new Error(`The sandbox's azure-native provider does not have the function ${token}.`);
    }
    const id = formatResourceId(type, { subscriptionId: settings.subscriptionId, ...args });
    const found = await azure.resource("GET", id, type.apiVersion);
    if (!found) {
        throw new Error(`${token}: there is no ${id}.`);
    }
    return { azureApiVersion: type.apiVersion, ...answerFromWire(type, found) };
}

async function clusterCredentials({ settings, azure }: Session, action: string, args: Properties): Promise<Properties> {
    const type = findType("containerservice:ManagedCluster");
    if (!type) {
        throw new Error("Managed clusters are missing from the table of resource types.");
    }
    const id = formatResourceId(type, { subscriptionId: settings.subscriptionId, ...args });
    const found = await azure.resource("POST", `${id}/${action}`, type.apiVersion, {});
    if (!found) {
        throw new Error(`There is no cluster ${id}.`);
    }
    return found;
}
