import type { HttpResponse } from "../../network/route";
import { finished, type ResourceRequest, settle, targetOf } from "./answer-put";
import { deleteResource, findRemoval, prepareRemoval } from "./delete-resource";
import { groupNotFound, parentNotFound } from "./not-found";
import { operationHeaders } from "./operation-answers";
import { show } from "./read-resource";
import { parentOf } from "./resource-id";
import { providerOf } from "./service";

/** Answers a DELETE, at once when the service takes long. @throws an ArmError for whatever Azure would refuse. */
export async function answerDelete(request: ResourceRequest): Promise<HttpResponse> {
    const { service, caller, address } = request;
    const { state } = service;
    const removal = findRemoval(service, caller, address);
    if (!removal) {
        checkAncestors(request);
        return { status: 204 };
    }
    const provider = providerOf(service, address.type.token);
    prepareRemoval(service, removal);
    const shown = () => (provider.showsDeleted ? { body: show(service, removal.resource) } : {});
    const before = shown();
    const plan = provider.deleting?.(removal);
    if (!plan) {
        await deleteResource(service, removal);
        return { status: 200, ...before };
    }
    const running = state.operations.runningAt(address.id);
    if (running?.kind === "delete") {
        return { status: 202, headers: operationHeaders(state, running) };
    }
    const operation = state.operations.start(
        targetOf(request, "delete"),
        plan,
        () => Promise.resolve(),
        () => deleteResource(service, removal),
    );
    if (plan.follow === "answer") {
        await finished(operation);
        return { status: 200, ...before };
    }
    const headers = operationHeaders(state, operation);
    const body = shown();
    await settle();
    return { status: 202, headers, ...body };
}

/** What is not there is no error, unless what it would be in is not there either. */
function checkAncestors({ service: { state }, address }: ResourceRequest): void {
    const { resourceGroupName } = address.parameters;
    if (resourceGroupName === undefined || address.type.token === "resources:ResourceGroup") {
        return;
    }
    const group = `/subscriptions/${state.subscriptionId}/resourceGroups/${resourceGroupName}`;
    if (!state.get(group)) {
        throw groupNotFound(resourceGroupName);
    }
    const parent = parentOf(address.id);
    if (parent !== undefined && !state.get(parent)) {
        throw parentNotFound(address.id, parent, "delete");
    }
}
