import { randomBytes, randomUUID } from "node:crypto";
import { ArmError } from "../arm-error";
import { type Behaviour, kept } from "../behaviour";

export const logAnalyticsWorkspace: Behaviour = {
    properties: (put) => ({
        retentionInDays: 30,
        ...put.inputs,
        customerId: kept(put, "customerId", randomUUID),
        createdDate: kept(put, "createdDate", () => new Date().toISOString()),
        modifiedDate: new Date().toISOString(),
        provisioningState: "Succeeded",
    }),
};

export const dataCollectionRule: Behaviour = {
    properties: (put) => ({
        ...put.inputs,
        immutableId: kept(put, "immutableId", () => `dcr-${randomBytes(16).toString("hex")}`),
        etag: `"${randomUUID()}"`,
        provisioningState: "Succeeded",
    }),
};

export const dataCollectionRuleAssociation: Behaviour = {
    check({ inputs }) {
        if ((inputs.dataCollectionRuleId === undefined) === (inputs.dataCollectionEndpointId === undefined)) {
            throw new ArmError(
                400,
                "InvalidPayload",
                "Exactly one of dataCollectionRuleId and dataCollectionEndpointId is to be set.",
                "dataCollectionRuleId",
            );
        }
    },
    properties: ({ inputs }) => ({ ...inputs, etag: `"${randomUUID()}"`, provisioningState: "Succeeded" }),
};

/** It needs a destination, and each log is a category or a group of them. */
export const diagnosticSetting: Behaviour = {
    check({ inputs }) {
        const destinations = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];
        if (!destinations.some((name) => inputs[name] !== undefined)) {
            throw new ArmError(
                400,
                "BadRequest",
                `At least one data sink needs to be specified: ${destinations.join(", ")}.`,
            );
        }
        const logs = (inputs.logs ?? []) as { category?: string; categoryGroup?: string }[];
        const wrong = logs.findIndex(
            ({ category, categoryGroup }) => (category === undefined) === (categoryGroup === undefined),
        );
        if (wrong >= 0) {
            throw new ArmError(
                400,
                "BadRequest",
                `Exactly one of category and categoryGroup is to be set in logs[${wrong}].`,
                `logs[${wrong}]`,
            );
        }
    },
    properties: ({ inputs }) => ({ ...inputs }),
};

export const azureMonitorWorkspace: Behaviour = {
    properties: (put) => {
        const accountId = kept(put, "accountId", randomUUID);
        const region = String(put.inputs.location);
        return {
            ...put.inputs,
            accountId,
            metrics: {
                prometheusQueryEndpoint: `https://${put.address.name}-${accountId.slice(0, 4)}.${region}.prometheus.monitor.azure.com`,
            },
            provisioningState: "Succeeded",
        };
    },
};
