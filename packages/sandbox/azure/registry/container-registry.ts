import type { HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import { authorize, type Caller } from "../arm/access";
import { ArmError } from "../arm/arm-error";
import { isNameHeld } from "../arm/global-names";
import { resourceNotFound } from "../arm/not-found";
import { show } from "../arm/read-resource";
import type { ResourceId } from "../arm/resource-id";
import { kept, type PutContext, type ResourceProvider } from "../arm/resource-provider";
import type { Service } from "../arm/service";

interface Inputs {
    readonly sku: { readonly name: string };
    readonly anonymousPullEnabled?: boolean;
    readonly dataEndpointEnabled?: boolean;
    readonly encryption?: { readonly status?: string };
    readonly publicNetworkAccess?: string;
    readonly policies?: {
        readonly retentionPolicy?: { readonly status?: string };
        readonly softDeletePolicy?: { readonly status?: string };
        readonly quarantinePolicy?: object;
        readonly trustPolicy?: object;
        readonly exportPolicy?: object;
        readonly azureADAuthenticationAsArmPolicy?: object;
    };
}

/** Its name is unique in the whole of Azure, and some features need the Premium tier. */
export const registry: ResourceProvider = {
    check(put) {
        const { state, address } = put;
        if (isNameHeld(state, "containerregistry:Registry", address.name, address.id)) {
            throw new ArmError(
                409,
                "AlreadyInUse",
                `The registry DNS name ${address.name.toLowerCase()}.azurecr.io is already in use. ` +
                    "You can check if the name is already claimed using checkNameAvailability.",
                "registryName",
            );
        }
        checkTier(put);
    },
    writing: ({ previous }) => ({ seconds: 6, state: previous ? "Updating" : "Creating", follow: "status" }),
    deleting: () => ({ seconds: 13, state: "Deleting", follow: "result", retryAfterSeconds: 10 }),
    showsDeleted: true,
    view: (state, { address }) => ({
        roleAssignmentMode: modes[state.registriesByRepository.has(address.id.toLowerCase()) ? 1 : 0],
    }),
    properties(put) {
        const { address, inputs } = put;
        const { sku, policies } = inputs as unknown as Inputs;
        const lastUpdatedTime = new Date().toISOString();
        return {
            tags: {},
            adminUserEnabled: false,
            encryption: { status: "disabled" },
            dataEndpointEnabled: false,
            publicNetworkAccess: "Enabled",
            networkRuleBypassOptions: "AzureServices",
            zoneRedundancy: "Disabled",
            anonymousPullEnabled: false,
            ...(sku.name === "Premium" ? { networkRuleSet: { defaultAction: "Allow", ipRules: [] } } : {}),
            ...inputs,
            policies: {
                quarantinePolicy: { status: "disabled", ...policies?.quarantinePolicy },
                trustPolicy: { type: "Notary", status: "disabled", ...policies?.trustPolicy },
                retentionPolicy: { days: 7, status: "disabled", ...policies?.retentionPolicy, lastUpdatedTime },
                exportPolicy: { status: "enabled", ...policies?.exportPolicy },
                azureADAuthenticationAsArmPolicy: { status: "enabled", ...policies?.azureADAuthenticationAsArmPolicy },
                softDeletePolicy: {
                    retentionDays: 7,
                    status: "disabled",
                    ...policies?.softDeletePolicy,
                    lastUpdatedTime,
                },
            },
            sku: { ...sku, tier: sku.name },
            loginServer: `${address.name.toLowerCase()}.azurecr.io`,
            creationDate: kept(put, "creationDate", () => new Date().toISOString()),
            dataEndpointHostNames: [],
            privateEndpointConnections: [],
            provisioningState: "Succeeded",
        };
    },
};

const modes = ["LegacyRegistryPermissions", "AbacRepositoryPermissions"];

/**
 * Answers the one change that a PATCH of the sandbox's makes: which roles count. Versions of the interface that do not
 * have the property leave it as it is.
 */
export function patchRegistry(service: Service, caller: Caller, { id }: ResourceId, body: Properties): HttpResponse {
    const { state } = service;
    authorize(state, caller, "Microsoft.ContainerRegistry/registries/write", id);
    const found = state.get(id);
    if (!found) {
        throw resourceNotFound(id, undefined);
    }
    const { roleAssignmentMode, ...others } = (body.properties ?? {}) as { roleAssignmentMode?: string };
    if (!modes.includes(roleAssignmentMode ?? "") || Object.keys(others).length > 0) {
        throw new ArmError(400, "InvalidRequestContent", `roleAssignmentMode has to be one of ${modes.join(", ")}.`);
    }
    if (roleAssignmentMode === modes[1]) {
        state.registriesByRepository.add(id.toLowerCase());
    } else {
        state.registriesByRepository.delete(id.toLowerCase());
    }
    return { status: 200, body: show(service, found) };
}

function checkTier(put: PutContext): void {
    const inputs = put.inputs as unknown as Inputs;
    const premium = {
        dataEndpointEnabled: inputs.dataEndpointEnabled === true,
        "encryption.status": inputs.encryption?.status === "enabled",
        "policies.retentionPolicy": inputs.policies?.retentionPolicy?.status === "enabled",
        publicNetworkAccess: inputs.publicNetworkAccess === "Disabled",
    };
    for (const [path, asked] of Object.entries(premium)) {
        if (asked && inputs.sku.name !== "Premium") {
            throw unsupported(path, "Premium", inputs.sku.name);
        }
    }
    if (inputs.anonymousPullEnabled && inputs.sku.name === "Basic") {
        throw unsupported("anonymousPullEnabled", "Standard", inputs.sku.name);
    }
}

function unsupported(path: string, needed: string, sku: string): ArmError {
    return new ArmError(
        400,
        "SkuNotSupported",
        `The property '${path}' is not supported by the registry SKU '${sku}': it needs '${needed}'.`,
        path,
    );
}
