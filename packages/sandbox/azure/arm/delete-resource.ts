import { authorize, type Caller } from "./access";
import { ArmError } from "./arm-error";
import { checkLocks } from "./locks";
import { checkUnused } from "./references";
import { armType, type ResourceId } from "./resource-id";
import { providerOf, type Service } from "./service";

/**
 * Deletes a resource with everything in and on it. False when it does not exist.
 *
 * @throws an ArmError for what Azure would refuse.
 */
export async function deleteResource(service: Service, caller: Caller, address: ResourceId): Promise<boolean> {
    const { state } = service;
    authorize(state, caller, `${armType(address.id)}/delete`, address.id);
    const resource = state.get(address.id);
    if (!resource) {
        return false;
    }
    if (address.type.singleton) {
        throw new ArmError(
            405,
            "MethodNotAllowed",
            `'${address.id}' exists as long as its parent and cannot be deleted.`,
        );
    }
    checkLocks(state, address.id, "delete");
    const all = state.within(address.id);
    checkUnused(state, all);
    providerOf(service, address.type.token).checkRemoval?.({ ...service, caller, resource, inner: all });
    all.forEach((inner) => state.remove(inner.address.id));
    try {
        for (const gone of all) {
            const inner = all.filter((other) => other.address.id.startsWith(`${gone.address.id}/`));
            await providerOf(service, gone.address.type.token).removed?.({ ...service, caller, resource: gone, inner });
        }
    } catch (error) {
        // The resource stays, as Azure keeps one whose deletion failed: the client's next attempt deletes it.
        state.set(resource);
        throw error;
    }
    return true;
}
