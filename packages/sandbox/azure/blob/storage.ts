import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { isNameHeld } from "../arm/global-names";
import { type OperationPlan, takes } from "../arm/operations";
import { parseResourceId } from "../arm/resource-id";
import { kept, type PutContext, type ResourceProvider } from "../arm/resource-provider";
import { answerToWire } from "../arm/wire";
import { without } from "../arm/without";
import { isKeptFromDeletion, keepDeleted } from "./deleted-containers";
import { protectsVersions } from "./immutability";

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
    /** A new account is answered with nothing, and with itself once it is there. */
    statuses: [202, 200],
    answer: (shown, { previous }) => (previous ? shown : undefined),
    writing: ({ previous }) => (previous ? takes(1) : creation),
    properties(put) {
        const { address, inputs } = put;
        const { kind, sku, location } = inputs as { kind: string; sku: { name: string }; location: string };
        const creationTime = kept(put, "creationTime", () => new Date().toISOString());
        const service = { keyType: "Account", enabled: true, lastEnabledTime: creationTime };
        const rules = inputs.networkRuleSet as object | undefined;
        const region = { primaryLocation: location, statusOfPrimary: "available" };
        const endpoints = endpointsOf(address.name, location, kind);
        return {
            tags: {},
            ...(kind === "Storage" ? {} : { accessTier: "Hot" }),
            allowBlobPublicAccess: false,
            allowCrossTenantReplication: false,
            allowCrossTenantDelegationSas: false,
            minimumTlsVersion: "TLS1_2",
            enableHttpsTrafficOnly: true,
            ...inputs,
            sku: { ...sku, tier: sku.name.split("_")[0] },
            networkRuleSet: {
                ...{ ipv6Rules: [], bypass: "AzureServices", virtualNetworkRules: [], ipRules: [] },
                ...{ defaultAction: "Allow", ...rules },
            },
            encryption: {
                services: { file: service, blob: service },
                keySource: "Microsoft.Storage",
                ...(inputs.encryption as object | undefined),
            },
            primaryEndpoints: endpoints,
            ...region,
            ...secondary(sku.name, location, endpoints),
            creationTime,
            keyCreationTime: { key1: creationTime, key2: creationTime },
            privateEndpointConnections: [],
            provisioningState: "Succeeded",
        };
    },
    checkRemoval({ state, resource, inner }) {
        if (inner.some(({ address }) => protectsVersions(state, address.id))) {
            const message = `The storage account ${resource.address.name} cannot be deleted due to a container with immutable versions.`;
            throw new ArmError(409, "StorageAccountContainersProtectedFromDeletion", message);
        }
    },
    written({ state, previous }, { address, createdAt }) {
        const service = parseResourceId(`${address.id}/blobServices/default`);
        if (!previous && service) {
            state.set({ address: service, inputs: {}, properties: blobServiceOf({}), createdAt });
        }
        return Promise.resolve();
    },
};

export const blobServiceProperties: ResourceProvider = {
    statuses: [200, 200],
    writing: () => takes(0.4),
    /** Only what was asked comes back. */
    answer({ id, name, type }, { inputs, address }) {
        const { properties } = answerToWire(address.type, inputs);
        return properties === undefined ? { name } : { id, name, type, properties };
    },
    view: (state, { address }) => ({ sku: state.get(accountOf(address.id))?.properties.sku }),
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
    properties: ({ inputs }) => blobServiceOf(inputs),
};

export const blobContainer: ResourceProvider = {
    writing: () => takes(0.5),
    answer: ({ id, name, type }) => ({ id, name, type }),
    /** It is immutable, and existing containers are migrated by an operation of their own. */
    check({ state, address, inputs, previous }) {
        const { immutableStorageWithVersioning: asked } = inputs as ContainerInputs;
        if (previous && asked?.enabled && !protectsVersions(state, address.id)) {
            const message = `Version-level immutability of the container ${address.name} can be enabled at its creation or by a migration.`;
            throw new ArmError(409, "ObjectLevelWormCannotBeEnabled", message, "immutableStorageWithVersioning");
        }
    },
    checkRemoval({ state, resource }) {
        if (isKeptFromDeletion(state, resource)) {
            const message = `The storage account container ${resource.address.name} is protected from deletion due to ImmutabilityPolicy.`;
            throw new ArmError(409, "ContainerProtectedFromDeletion", message);
        }
    },
    removed({ state, resource }) {
        keepDeleted(state, resource);
        return Promise.resolve();
    },
    properties: (put) => ({
        ...(protectsVersions(put.state, put.address.id) ? { immutableStorageWithVersioning: { enabled: true } } : {}),
        publicAccess: "None",
        defaultEncryptionScope: "$account-encryption-key",
        denyEncryptionScopeOverride: false,
        legalHold: { hasLegalHold: false, tags: [] },
        remainingRetentionDays: 0,
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

interface ContainerInputs {
    readonly immutableStorageWithVersioning?: { readonly enabled?: boolean };
}

/** The service names it `DefaultManagementPolicy`, whatever the address says. */
export const managementPolicy: ResourceProvider = {
    statuses: [200, 200],
    writing: () => takes(0.5),
    notFound: (_, { parameters: { accountName } }) =>
        new ArmError(404, "ManagementPolicyNotFound", `No ManagementPolicy found for account ${accountName}`),
    properties: ({ inputs }) => ({
        ...inputs,
        name: "DefaultManagementPolicy",
        lastModifiedTime: new Date().toISOString(),
    }),
};

const creation: OperationPlan = {
    seconds: 27,
    state: "Creating",
    follow: "result",
    retryAfterSeconds: 17,
    collection: { status: "asyncoperations", result: "asyncoperations" },
};

/** The second region of the pairs that the sandbox knows. */
const pairs: Readonly<Record<string, string>> = {
    westeurope: "northeurope",
    northeurope: "westeurope",
    westus2: "westcentralus",
    southcentralus: "northcentralus",
    swedencentral: "swedensouth",
    eastus: "westus",
};
/** The zone of static web sites differs by region. */
const webZones: Readonly<Record<string, string>> = { westus2: "z5", southcentralus: "z21", westeurope: "z6" };

function endpointsOf(name: string, region: string, kind: string): Readonly<Record<string, string>> {
    const hasAll = kind !== "Storage";
    const services = ["blob", "file", "queue", "table", ...(hasAll ? ["dfs"] : [])];
    return {
        ...Object.fromEntries(services.map((service) => [service, `https://${name}.${service}.core.windows.net/`])),
        ...(hasAll ? { web: `https://${name}.${webZones[region] ?? "z1"}.web.core.windows.net/` } : {}),
    };
}

/** What an account shows of its second region, when that can be read. */
function secondary(sku: string, region: string, endpoints: Readonly<Record<string, string>>): Properties {
    const second = pairs[region];
    if (!/GRS|GZRS/.test(sku) || second === undefined) {
        return {};
    }
    const secondaryEndpoints = Object.fromEntries(
        Object.entries(without(endpoints, "file")).map(([service, url]) => [
            service,
            url.replace(/^(https:\/\/[^.]+)/, "$1-secondary"),
        ]),
    );
    return {
        secondaryLocation: second,
        statusOfSecondary: "available",
        ...(sku.includes("_RA") ? { secondaryEndpoints } : {}),
    };
}

function blobServiceOf(inputs: Properties): Properties {
    const given = inputs as { cors?: object; deleteRetentionPolicy?: object; staticWebsite?: object };
    return {
        ...inputs,
        staticWebsite: { enabled: false, ...given.staticWebsite },
        cors: { corsRules: [], ...given.cors },
        deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false, ...given.deleteRetentionPolicy },
    };
}

function accountOf(serviceId: string): string {
    return serviceId.slice(0, serviceId.toLowerCase().indexOf("/blobservices"));
}

function etag({ address }: PutContext): string {
    return `"0x${Buffer.from(`${address.name}${Date.now()}`).toString("hex").slice(0, 16).toUpperCase()}"`;
}
