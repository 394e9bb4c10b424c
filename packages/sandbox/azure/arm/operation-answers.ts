/**
 * How Azure tells of an operation that runs: the headers of the answer that started it, its status
 * (`Azure-AsyncOperation`) and its result (`Location`).
 */
import type { HttpResponse } from "../../network/route";
import type { AzureState } from "../state";
import { ArmError } from "./arm-error";
import type { Operation, OperationPlan, Operations } from "./operations";

const defaultCollection = { status: "operations", result: "operationresults" };
const address = /\/(?:operations|operationstatuses|operationresults|asyncoperations)\/([0-9a-f-]{36})$/i;

/** Headers that say where to look, and when. */
export function operationHeaders(state: AzureState, operation: Operation): Record<string, string> {
    const { follow } = operation.plan;
    return {
        ...(follow === "status" || follow === "both"
            ? { "azure-asyncoperation": url(state, operation, "status") }
            : {}),
        ...(follow === "result" || follow === "both" ? { location: url(state, operation, "result") } : {}),
        ...retryAfter(state.operations, operation.plan),
    };
}

/**
 * `Retry-After` as recorded; on a clock that is faster than Azure's it is shorter, and said in milliseconds too, which
 * clients of Azure prefer.
 */
export function retryAfter({ clock }: Operations, { retryAfterSeconds }: OperationPlan): Record<string, string> {
    const isAzures = clock.milliseconds(1) === 1000;
    const milliseconds = clock.milliseconds(retryAfterSeconds ?? 1);
    return {
        ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(milliseconds / 1000)) }),
        ...(isAzures ? {} : { "retry-after-ms": String(Math.ceil(milliseconds)) }),
    };
}

/** The operation at an address; undefined for any other address. */
export function findOperation(state: AzureState, path: string): Operation | undefined {
    return state.operations.find(address.exec(path)?.[1] ?? "");
}

/** Answers a GET at the operation's address. `result` is what it made, as a GET shows it. */
export async function answerOperation(
    state: AzureState,
    operation: Operation,
    path: string,
    result: () => object | undefined,
): Promise<HttpResponse> {
    const { operations } = state;
    await operations.held(operation);
    const collection = operation.plan.collection ?? defaultCollection;
    const asksForResult = path.toLowerCase().includes(`/${collection.result.toLowerCase()}/`);
    if (operation.plan.follow === "status" || !asksForResult) {
        const { endTime, error } = operation;
        return {
            status: 200,
            headers: endTime === undefined ? retryAfter(operations, operation.plan) : {},
            body: {
                name: operation.id,
                status: operations.statusOf(operation),
                startTime: operation.startTime.toISOString(),
                ...(endTime === undefined ? {} : { endTime: endTime.toISOString() }),
                ...(error !== undefined
                    ? { error: refusalOf(error).toBody() }
                    : operation.isPreempted
                      ? { error: preempted }
                      : {}),
            },
        };
    }
    if (operation.endTime === undefined) {
        const { startTime } = operation;
        const body = operation.kind === "action" ? { createdDateTime: startTime, status: "NotStarted" } : undefined;
        return { status: 202, headers: operationHeaders(state, operation), ...(body ? { body } : {}) };
    }
    if (operation.error !== undefined) {
        return refusalOf(operation.error).toResponse();
    }
    if (operation.kind === "action") {
        const { startTime, endTime } = operation;
        const body = { createdDateTime: startTime, lastActionDateTime: endTime, status: "Succeeded" };
        return { status: 200, body };
    }
    const body = result();
    return { status: 200, ...(body ? { body } : {}) };
}

/** No failure: the operation goes on, and clients have to look at its status alone. */
const preempted = { code: "NotLatestOperation", message: "The operation has been preempted by another one." };

function refusalOf(error: Error): ArmError {
    return error instanceof ArmError ? error : new ArmError(500, "InternalOperationError", error.message);
}

function url({ subscriptionId }: AzureState, operation: Operation, what: "status" | "result"): string {
    const { namespace, region, apiVersion, id, plan } = operation;
    const collection = (plan.collection ?? defaultCollection)[what];
    const monitor = collection === "asyncoperations" ? "monitor=true&" : "";
    const path = `/subscriptions/${subscriptionId}/providers/${namespace}/locations/${region}/${collection}/${id}`;
    return `https://management.azure.com${path}?${monitor}api-version=${apiVersion}`;
}
