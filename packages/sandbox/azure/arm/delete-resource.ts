import { authorize, type Caller } from "./access";
import { ArmError } from "./arm-error";
import { asService } from "./bare-errors";
import { checkLocks } from "./locks";
import { checkUnused } from "./references";
import { armType, type ResourceId } from "./resource-id";
import type { Removal } from "./resource-provider";
import { providerOf, type Service } from "./service";
import { checkNothingUnderWay } from "./under-way";

/** What a deletion concerns: the resource with everything in and on it. Undefined when it does not exist. */
export function findRemoval(service: Service, caller: Caller, address: ResourceId): Removal | undefined {
    const { state } = service;
    authorize(state, caller, `${armType(address.id)}/delete`, address.id);
    const resource = state.get(address.id);
    return resource && { ...service, caller, resource, inner: state.within(address.id) };
}

/** @throws an ArmError for what Azure would refuse to delete. */
export function prepareRemoval(service: Service, removal: Removal): void {
    const { state } = service;
    const { address } = removal.resource;
    if (address.type.singleton) {
        throw new ArmError(
            405,
            "MethodNotAllowed",
            `'${address.id}' exists as long as its parent and cannot be deleted.`,
        );
    }
    checkLocks(state, address.id, "delete");
    checkUnused(state, removal.inner);
    asService(address.id, () => {
        if (state.operations.runningAt(address.id)?.kind !== "delete") {
            checkNothingUnderWay(state, address.id);
        }
        providerOf(service, address.type.token).checkRemoval?.(removal);
    });
}

/** Deletes it with everything that is in and on it by then. */
export async function deleteResource(service: Service, removal: Removal): Promise<void> {
    const { state } = service;
    const { resource, caller } = removal;
    const all = state.within(resource.address.id);
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
}
