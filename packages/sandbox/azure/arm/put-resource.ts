import { differingPaths } from "../../plugins/compare";
import type { Properties } from "../../plugins/provider";
import type { Resource } from "../state";
import { checkPolicies } from "../subscription/policies";
import { authorize, type Caller } from "./access";
import { ArmError } from "./arm-error";
import { asService } from "./bare-errors";
import { checkLocks } from "./locks";
import { groupNotFound, parentNotFound } from "./not-found";
import { checkReferences } from "./references";
import { checkLocation } from "./regions";
import { armType, parentOf, type ResourceId } from "./resource-id";
import type { PutContext } from "./resource-provider";
import { checkSchema } from "./schema-check";
import { providerOf, type Service } from "./service";
import { checkNothingUnderWay, checkParentProvisioned, checkReferencesProvisioned } from "./under-way";
import { without } from "./without";

/** A resource that was written, and what is left to do for it. */
interface Written {
    readonly put: PutContext;
    readonly resource: Resource;
    readonly created: boolean;
    /** Does what the service does beyond keeping the resource. When that fails, all is as before. */
    readonly complete: () => Promise<void>;
}

/**
 * Creates or replaces a resource; `body` is in the package's form, without path parameters.
 * @throws an ArmError for whatever Azure would refuse.
 */
export function putResource(service: Service, caller: Caller, address: ResourceId, body: Properties): Written {
    const { state } = service;
    authorize(state, caller, `${armType(address.id)}/write`, address.id);
    const previous = state.get(address.id);
    const put: PutContext = { ...service, caller, address: previous?.address ?? address, inputs: body, previous };
    checkParent(put);
    checkLocks(state, address.id, "write");
    checkParentProvisioned(state, address.id);
    checkPolicies(state, address.name, { ...body, type: armType(address.id), name: address.name });
    const inputs = checkInputs(put);
    const checked = { ...put, inputs };
    checkReferences(state, address, inputs);
    checkReferencesProvisioned(state, address.id, inputs);
    const provider = providerOf(service, address.type.token);
    const properties = asService(address.id, () => {
        checkNothingUnderWay(state, address.id);
        provider.check?.(checked);
        return provider.properties?.(checked) ?? { ...inputs, provisioningState: "Succeeded" };
    });
    const resource = {
        address: put.address,
        inputs,
        properties,
        createdAt: previous?.createdAt ?? new Date().toISOString(),
        createdBy: previous?.createdBy ?? caller.clientId,
    };
    state.set(resource);
    return {
        put: checked,
        resource,
        created: previous === undefined,
        complete: () => complete(checked, resource, service),
    };
}

async function complete(put: PutContext, resource: Resource, service: Service): Promise<void> {
    const { state, previous, address } = put;
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
        throw groupNotFound(resourceGroupName);
    }
    // A role may be assigned in one namespace of a cluster, which is not a resource.
    const parent = parentOf(address.id)?.replace(/\/namespaces\/[^/]+$/i, "");
    const isSubscription = parent === undefined || /^\/subscriptions\/[^/]+$/i.test(parent);
    if (!isSubscription && !state.get(parent)) {
        throw parentNotFound(address.id, parent, "write");
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
