import { differingPaths } from "../../plugins/compare";
import type { Properties } from "../../plugins/provider";
import type { Resource } from "../state";
import { checkPolicies } from "../subscription/policies";
import { authorize, type Caller } from "./access";
import { ArmError } from "./arm-error";
import { checkLocks } from "./locks";
import { checkReferences } from "./references";
import { checkLocation } from "./regions";
import { armType, parentOf, type ResourceId } from "./resource-id";
import type { PutContext } from "./resource-provider";
import { checkSchema } from "./schema-check";
import { providerOf, type Service } from "./service";
import { without } from "./without";

/**
 * Creates or replaces a resource.
 * @throws an ArmError for whatever Azure would refuse.
 */
export async function putResource(
    service: Service,
    caller: Caller,
    address: ResourceId,
    body: Properties,
): Promise<{ resource: Resource; created: boolean }> {
    const { state } = service;
    authorize(state, caller, `${armType(address.id)}/write`, address.id);
    const previous = state.get(address.id);
    const put: PutContext = { ...service, caller, address: previous?.address ?? address, inputs: body, previous };
    checkParent(put);
    checkLocks(state, address.id, "write");
    checkPolicies(state, address.name, { ...body, type: armType(address.id), name: address.name });
    const inputs = checkInputs(put);
    const checked = { ...put, inputs };
    checkReferences(state, address, inputs);
    const provider = providerOf(service, address.type.token);
    provider.check?.(checked);
    const properties = provider.properties?.(checked) ?? { ...inputs, provisioningState: "Succeeded" };
    const resource = {
        address: put.address,
        inputs,
        properties,
        createdAt: previous?.createdAt ?? new Date().toISOString(),
    };
    await store(checked, resource, service);
    return { resource, created: previous === undefined };
}

async function store(put: PutContext, resource: Resource, service: Service): Promise<void> {
    const { state, previous, address } = put;
    state.set(resource);
    try {
        await providerOf(service, address.type.token).written?.(put, resource);
    } catch (error) {
        if (previous) {
            state.set(previous);
        } else {
            state.within(address.id).forEach((inner) => state.remove(inner.address.id));
        }
        throw error;
    }
}

function checkParent({ state, address }: PutContext): void {
    const { resourceGroupName, subscriptionId } = address.parameters;
    const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
    if (resourceGroupName !== undefined && address.type.token !== "resources:ResourceGroup" && !state.get(groupId)) {
        throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${resourceGroupName}' could not be found.`);
    }
    // A role may be assigned in one namespace of a cluster, which is not a resource.
    const parent = parentOf(address.id)?.replace(/\/namespaces\/[^/]+$/i, "");
    const isSubscription = parent === undefined || /^\/subscriptions\/[^/]+$/i.test(parent);
    if (!isSubscription && !state.get(parent)) {
        throw new ArmError(
            404,
            "ParentResourceNotFound",
            `Failed to perform 'write' on resource(s) of type '${armType(address.id)}', because the parent resource '${parent}' could not be found.`,
        );
    }
}

function checkInputs(put: PutContext): Properties {
    const { address, previous } = put;
    const parameters = without(address.parameters, "subscriptionId");
    const misplaced = Object.keys(parameters).find((name) => name in put.inputs);
    if (misplaced !== undefined) {
        throw new ArmError(
            400,
            "InvalidRequestContent",
            `'${misplaced}' belongs in the address, not in the body.`,
            misplaced,
        );
    }
    checkSchema(address.type, { ...put.inputs, ...parameters });
    const inputs =
        address.type.location === undefined
            ? put.inputs
            : { ...put.inputs, location: checkLocation(address.type, put.inputs.location) };
    if (previous) {
        checkUnchanged(address, previous, inputs);
    }
    return inputs;
}

function checkUnchanged(address: ResourceId, previous: Resource, inputs: Properties): void {
    if (previous.inputs.location !== inputs.location) {
        throw new ArmError(
            409,
            address.type.token === "resources:ResourceGroup"
                ? "InvalidResourceGroupLocation"
                : "InvalidResourceLocation",
            `The resource '${address.name}' already exists in location '${String(previous.inputs.location)}'. A resource with the same ` +
                `name cannot be created in location '${String(inputs.location)}'. Please select a new resource name.`,
            "location",
        );
    }
    const changed = differingPaths(previous.inputs, inputs).find((path) => forcesNew(address, path));
    if (changed !== undefined) {
        throw new ArmError(400, "PropertyChangeNotAllowed", `Changing property '${changed}' is not allowed.`, changed);
    }
}

function forcesNew({ type }: ResourceId, path: string): boolean {
    return type.forceNew.some(
        (fixed) => path === fixed || path.startsWith(`${fixed}.`) || path.startsWith(`${fixed}[`),
    );
}
