import type { HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import type { Caller } from "./access";
import { operationHeaders } from "./operation-answers";
import type { Operation, OperationTarget } from "./operations";
import { putResource } from "./put-resource";
import { show } from "./read-resource";
import { namespaceOf, parentOf, type ResourceId } from "./resource-id";
import { providerOf, type Service } from "./service";
import { requestFromWire } from "./wire";

/** A request to write or delete the resource at an address. */
export interface ResourceRequest {
    readonly service: Service;
    readonly caller: Caller;
    readonly address: ResourceId;
    readonly apiVersion: string;
}

/** Answers a PUT, at once when the service takes long. @throws an ArmError for whatever Azure would refuse. */
export async function answerPut(request: ResourceRequest, body: Properties): Promise<HttpResponse> {
    const { service, caller, address } = request;
    const { type } = address;
    const provider = providerOf(service, type.token);
    const written = putResource(service, caller, address, requestFromWire(type, body));
    const { put, resource, created } = written;
    const plan = provider.writing?.(put);
    const operation =
        plan && service.state.operations.start(targetOf(request, "write"), plan, () => written.complete());
    if (!operation) {
        await written.complete();
    } else if (operation.plan.follow === "answer") {
        await finished(operation);
    }
    const shown = show(service, resource);
    const answer = provider.answer ? provider.answer(shown, put) : shown;
    const [forNew, forChanged] = provider.statuses ?? [201, 200];
    const isFollowed = operation !== undefined && operation.plan.follow !== "answer";
    const headers = {
        ...(isFollowed ? operationHeaders(service.state, operation) : etagOf(shown)),
        ...provider.headers?.(shown, put),
    };
    if (isFollowed) {
        await settle();
    }
    return { status: created ? forNew : forChanged, headers, ...(answer === undefined ? {} : { body: answer }) };
}

export function targetOf({ service, address, apiVersion }: ResourceRequest, kind: "write" | "delete"): OperationTarget {
    const { id } = address;
    const region = regionOf(service, id);
    return { resourceId: id, kind, namespace: namespaceOf(id), region, apiVersion };
}

/** @throws what the operation failed with. */
export async function finished(operation: Operation): Promise<void> {
    await operation.done;
    if (operation.error) {
        throw operation.error;
    }
}

/** What takes no time is done before the next request. */
export function settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

function regionOf({ state }: Service, id: string): string {
    for (let at: string | undefined = id; at !== undefined; at = parentOf(at)) {
        const region = state.get(at)?.inputs.location;
        if (typeof region === "string") {
            return region;
        }
    }
    return "global";
}

function etagOf({ etag }: Properties): Record<string, string> {
    return typeof etag === "string" ? { etag } : {};
}
