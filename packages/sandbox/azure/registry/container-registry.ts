import { ArmError } from "../arm/arm-error";
import { isNameHeld } from "../arm/global-names";
import { kept, type PutContext, type ResourceProvider } from "../arm/resource-provider";

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
