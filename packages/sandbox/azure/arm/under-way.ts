/** What Azure refuses while an operation runs. */
import type { Properties } from "../../plugins/provider";
import type { AzureState } from "../state";
import { ArmError } from "./arm-error";
import type { Operation } from "./operations";
import { referencesOf } from "./references";
import { armType, isWithin, parentOf } from "./resource-id";

/**
 * A second write to a network resource, or to a cluster or any of its pools, while one runs.
 * @throws an ArmError that names the operation.
 */
export function checkNothingUnderWay(state: AzureState, id: string): void {
    const running = state.operations.running().find((operation) => meet(operation.resourceId, id));
    if (!running) {
        return;
    }
    if (isNetwork(id)) {
        throw new ArmError(
            409,
            "AnotherOperationInProgress",
            "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: " +
                `https://management.azure.com/subscriptions/${state.subscriptionId}/providers/Microsoft.Network/locations/` +
                `${running.region}/operations/${running.id}?api-version=${running.apiVersion}.`,
            undefined,
            { details: [] },
        );
    }
    throw new ArmError(
        409,
        "OperationNotAllowed",
        `Operation is not allowed because there's an in progress ${describe(running)} operation on the managed cluster ` +
            `started at ${running.startTime.toISOString()}. Operation ID: ${running.id}. Wait until it is done, then try again.`,
    );
}

/**
 * What lives in a storage account that is still being made.
 * @throws an ArmError `StorageAccountIsNotProvisioned`.
 */
export function checkParentProvisioned(state: AzureState, id: string): void {
    const account = /^.*\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+(?=\/)/i.exec(id)?.[0];
    if (account !== undefined && state.operations.runningAt(account)) {
        throw new ArmError(
            409,
            "StorageAccountIsNotProvisioned",
            "The storage account provisioning state must be 'Succeeded' before executing the operation.",
        );
    }
}

/**
 * A network resource that refers to one that is still being written.
 * @throws an ArmError `RetryableError` of status 429, which clients try again.
 */
export function checkReferencesProvisioned(state: AzureState, id: string, inputs: Properties): void {
    if (!isNetwork(id)) {
        return;
    }
    for (const reference of referencesOf(inputs)) {
        const running = state.operations.runningAt(reference.id);
        if (running && isNetwork(reference.id) && !isWithin(reference.id, id)) {
            const kind = armType(reference.id).split("/").at(-1) ?? "";
            const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1).replace(/ies$/, "y").replace(/s$/, "")}`;
            const message =
                `Cannot proceed with operation because resource ${reference.id} used by resource ${id} is not in Succeeded state. ` +
                `Resource is in ${running.plan.state ?? "Updating"} state and the last operation that updated/is updating the resource is Put${name}Operation.`;
            throw new ArmError(429, "RetryableError", "A retryable error occurred.", undefined, {
                headers: { "x-ms-failure-cause": "service" },
                details: [{ code: "ReferencedResourceNotProvisioned", message }],
            });
        }
    }
}

/** Whether a write to `id` meets one that runs at `other`. */
function meet(other: string, id: string): boolean {
    if (isNetwork(id)) {
        return isNetwork(other) && (isWithin(other, id) || isWithin(id, other));
    }
    const cluster = clusterOf(id);
    return cluster !== undefined && clusterOf(other) === cluster;
}

/** Subnets of one network are written one at a time, and a network not while one of its subnets is. */
function isNetwork(id: string): boolean {
    return /^microsoft\.network\/(?!dnszones)/i.test(armType(id));
}

/** The cluster, in lower case, of a cluster or one of its pools. */
function clusterOf(id: string): string | undefined {
    const type = armType(id).toLowerCase();
    if (type === "microsoft.containerservice/managedclusters/agentpools") {
        return parentOf(id)?.toLowerCase();
    }
    return type === "microsoft.containerservice/managedclusters" ? id.toLowerCase() : undefined;
}

function describe({ kind, resourceId }: Operation): string {
    const what = /\/agentPools\//i.test(resourceId) ? "agent pool" : "managed cluster";
    return `${kind === "delete" ? "delete" : "put"} ${what}`;
}
