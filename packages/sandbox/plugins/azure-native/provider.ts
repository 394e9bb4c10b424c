/**
 * Stands in for the provider plugin of @pulumi/azure-native 3.28.0, for the resource types that the sandbox's Azure
 * knows: naming, defaults, replacement, deletion, import and the following of long operations as that provider does
 * them.
 */
import { version } from "@pulumi/azure-native/package.json";
import { formatResourceId, parseResourceId, pathParameters } from "../../azure/arm/resource-id";
import { findType, type ResourceType } from "../../azure/arm/resource-types";
import { answerFromWire, requestToWire } from "../../azure/arm/wire";
import {
    type CheckFailure,
    type Difference,
    type Properties,
    type Provider,
    type ResourceState,
    unknown,
} from "../provider";
import { AzureClient, AzureError } from "./azure-client";
import { completeInputs, createBeforeDelete, isKnown, lacksRegion } from "./check-inputs";
import { diffInputs } from "./diff-inputs";
import { EntraClient } from "./entra-client";
import { importInputs } from "./import-inputs";
import { invoke, type Session } from "./invokes";
import { previewOutputs } from "./preview-outputs";
import { refreshInputs } from "./refresh-inputs";
import { readSettings } from "./settings";

export class AzureNativeProvider implements Provider {
    readonly name = "azure-native";
    readonly version = version;
    private current: Session | undefined;

    constructor(private readonly env: NodeJS.ProcessEnv = process.env) {}

    configure(config: Properties): Promise<void> {
        const settings = readSettings(config, this.env);
        const entra = new EntraClient(settings);
        this.current = { settings, entra, azure: new AzureClient(entra) };
        return Promise.resolve();
    }

    async check(
        token: string,
        name: string,
        olds: Properties | undefined,
        news: Properties,
    ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
        const type = typeOf(token);
        const { settings } = this.session;
        const inputs = await completeInputs(type, name, olds, news, settings.location, (group) => this.regionOf(group));
        const failures: CheckFailure[] = lacksRegion(type, inputs)
            ? [
                  {
                      property: "location",
                      reason: "It is not set: set it here, or run 'pulumi config set azure-native:location <region>'.",
                  },
              ]
            : [];
        return { inputs, failures };
    }

    diff(token: string, _id: string, olds: Properties, news: Properties): Promise<Difference> {
        return Promise.resolve(diffInputs(typeOf(token), olds, news));
    }

    preview(token: string, inputs: Properties): Properties {
        return previewOutputs(typeOf(token), inputs);
    }

    async create(token: string, _name: string, inputs: Properties): Promise<ResourceState> {
        const type = typeOf(token);
        const { azure, settings } = this.session;
        const id = formatResourceId(type, { subscriptionId: settings.subscriptionId, ...inputs });
        if (!type.singleton && (await azure.resource("GET", id, type.apiVersion))) {
            throw new Error(`cannot create already existing resource "${id}": import it, or delete it first.`);
        }
        return this.put(type, id, inputs);
    }

    update(token: string, id: string, _olds: Properties, news: Properties): Promise<ResourceState> {
        return this.put(typeOf(token), id, news);
    }

    async delete(token: string, id: string, _inputs: Properties, outputs: Properties): Promise<void> {
        const type = typeOf(token);
        if (type.singleton) {
            return;
        }
        if (type.token === "keyvault:Key") {
            // ARM has no DELETE for keys, so azure-native deletes over the vault's own interface.
            await this.session.azure.vault("DELETE", String(outputs.keyUri));
            return;
        }
        await this.session.azure.delete(id, type.apiVersion);
    }

    async read(
        token: string,
        id: string,
        inputs: Properties | undefined,
        before: Properties = {},
    ): Promise<(ResourceState & { inputs: Properties }) | undefined> {
        const type = typeOf(token);
        const body = await this.session.azure.resource("GET", id, type.apiVersion);
        if (!body) {
            return undefined;
        }
        const outputs = outputsOf(type, body);
        if (inputs && Object.keys(inputs).length > 0) {
            return { id, outputs, inputs: refreshInputs(inputs, before, outputs) };
        }
        const address = parseResourceId(id);
        if (address?.type !== type) {
            throw new Error(`"${id}" is not the id of a ${token}.`);
        }
        return { id, outputs, inputs: importInputs(type, address.parameters, outputs) };
    }

    invoke(token: string, args: Properties): Promise<Properties> {
        return invoke(this.session, token, args);
    }

    private async put(type: ResourceType, id: string, inputs: Properties): Promise<ResourceState> {
        const apart = new Set([createBeforeDelete, ...pathParameters(type)]);
        const asked = Object.fromEntries(Object.entries(inputs).filter(([key]) => !apart.has(key)));
        const body = await this.session.azure
            .put(id, type.apiVersion, requestToWire(type, asked), type.longRunning === true)
            .catch(async (error: unknown) => {
                if (type.token === "keyvault:Key" && error instanceof AzureError && error.code === "Conflict") {
                    return this.recoverKey(type, id, error);
                }
                throw error;
            });
        const outputs = outputsOf(type, body ?? {});
        return { id: typeof outputs.id === "string" ? outputs.id : id, outputs };
    }

    /** A deleted key keeps its name; azure-native takes it back. */
    private async recoverKey(type: ResourceType, id: string, refusal: AzureError): Promise<Properties | undefined> {
        const { azure } = this.session;
        const { vaultName = "", keyName = "" } = parseResourceId(id)?.parameters ?? {};
        if (!(await azure.vault("POST", `https://${vaultName}.vault.azure.net/deletedkeys/${keyName}/recover`, {}))) {
            throw refusal;
        }
        return azure.resource("GET", id, type.apiVersion);
    }

    private async regionOf(resourceGroupName: unknown): Promise<unknown> {
        if (typeof resourceGroupName !== "string") {
            return isKnown(resourceGroupName) ? undefined : unknown;
        }
        const type = typeOf("resources:ResourceGroup");
        const { azure, settings } = this.session;
        const { subscriptionId } = settings;
        const group = await azure.resource(
            "GET",
            formatResourceId(type, { subscriptionId, resourceGroupName }),
            type.apiVersion,
        );
        return group?.location ?? unknown;
    }

    private get session(): Session {
        if (!this.current) {
            throw new Error("The azure-native provider is used before it is configured.");
        }
        return this.current;
    }
}

/** As the package shows what Azure answers. */
function outputsOf(type: ResourceType, body: Properties): Properties {
    return { azureApiVersion: type.apiVersion, ...answerFromWire(type, body) };
}

function typeOf(token: string): ResourceType {
    const type = findType(token.replace(/^azure-native:/, ""));
    if (!type) {
        throw new Error(`The sandbox's Azure does not know ${token}: install the provider plugin of Pulumi for that.`);
    }
    return type;
}
