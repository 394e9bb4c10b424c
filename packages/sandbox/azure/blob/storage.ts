import { ArmError } from "../arm/arm-error";
import { isNameHeld } from "../arm/global-names";
import { parseResourceId } from "../arm/resource-id";
import { kept, type PutContext, type ResourceProvider } from "../arm/resource-provider";

/** Its name is unique in the whole of Azure; the blob service and its settings are there from the start. */
export const storageAccount: ResourceProvider = {
    check({ state, address }) {
        if (isNameHeld(state, "storage:StorageAccount", address.name, address.id)) {
            throw new ArmError(
                409,
                "StorageAccountAlreadyTaken",
                `The storage account named ${address.name} is already taken.`,
                "accountName",
            );
        }
    },
    properties(put) {
        const { address, inputs } = put;
        const services = ["blob", "file", "queue", "table", "dfs"];
        const endpoints = services.map((service) => [service, `https://${address.name}.${service}.core.windows.net/`]);
        const creationTime = kept(put, "creationTime", () => new Date().toISOString());
        return {
            accessTier: "Hot",
            enableHttpsTrafficOnly: true,
            ...inputs,
            primaryEndpoints: {
                ...(Object.fromEntries(endpoints) as object),
                web: `https://${address.name}.z6.web.core.windows.net/`,
            },
            primaryLocation: inputs.location,
            statusOfPrimary: "available",
            creationTime,
            keyCreationTime: { key1: creationTime, key2: creationTime },
            privateEndpointConnections: [],
            provisioningState: "Succeeded",
        };
    },
    written({ state, previous }, { address, createdAt }) {
        const service = parseResourceId(`${address.id}/blobServices/default`);
        if (!previous && service) {
            const properties = {
                sku: { name: "Standard_LRS", tier: "Standard" },
                deleteRetentionPolicy: { enabled: false },
            };
            state.set({ address: service, inputs: {}, properties, createdAt });
        }
        return Promise.resolve();
    },
};

export const blobServiceProperties: ResourceProvider = {
    check({ inputs }) {
        const { restorePolicy } = inputs as { restorePolicy?: { enabled?: boolean } };
        const { changeFeed, isVersioningEnabled } = inputs as {
            changeFeed?: { enabled?: boolean };
            isVersioningEnabled?: boolean;
        };
        if (restorePolicy?.enabled && !(changeFeed?.enabled && isVersioningEnabled)) {
            throw new ArmError(
                400,
                "InvalidRequestPropertyValue",
                "Point-in-time restore needs the change feed and versioning to be enabled.",
                "restorePolicy",
            );
        }
    },
    properties: ({ inputs, previous }) => ({ ...inputs, sku: previous?.properties.sku }),
};

export const blobContainer: ResourceProvider = {
    properties: (put) => ({
        publicAccess: "None",
        ...put.inputs,
        etag: etag(put),
        lastModifiedTime: new Date().toISOString(),
        hasImmutabilityPolicy: false,
        hasLegalHold: false,
        leaseState: "Available",
        leaseStatus: "Unlocked",
        deleted: false,
    }),
};

/** The service names it `DefaultManagementPolicy`, whatever the address says. */
export const managementPolicy: ResourceProvider = {
    properties: ({ inputs }) => ({
        ...inputs,
        name: "DefaultManagementPolicy",
        lastModifiedTime: new Date().toISOString(),
    }),
};

function etag({ address }: PutContext): string {
    return `"0x${Buffer.from(`${address.name}${Date.now()}`).toString("hex").slice(0, 16).toUpperCase()}"`;
}
