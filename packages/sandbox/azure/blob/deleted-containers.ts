import type { AzureState, DeletedContainer, Resource } from "../state";
import { protectsVersions } from "./immutability";

/** Whether a container is kept from deletion: one that is made for immutable versions, unless it is empty. */
export function isKeptFromDeletion(state: AzureState, { address }: Resource): boolean {
    const content = state.containerContents.get(address.id.toLowerCase());
    return protectsVersions(state, address.id) && content?.isEmpty() === false;
}

/** Takes a container's blobs away. Where the account keeps deleted containers, it can be brought back with them. */
export function keepDeleted(state: AzureState, container: Resource): void {
    const id = container.address.id.toLowerCase();
    const content = state.containerContents.get(id);
    state.containerContents.delete(id);
    const service = state.get(`${id.slice(0, id.indexOf("/blobservices/"))}/blobServices/default`);
    const policy = service?.properties.containerDeleteRetentionPolicy as { enabled?: boolean } | undefined;
    if (content && policy?.enabled) {
        const version = Date.now().toString(16).toUpperCase().padStart(16, "0");
        state.deletedContainers.push({ container, content, version });
    }
}

/** Those of an account that can be brought back. */
export function deletedContainersOf(state: AzureState, accountId: string): DeletedContainer[] {
    const prefix = `${accountId}/`.toLowerCase();
    return state.deletedContainers.filter(({ container }) => container.address.id.toLowerCase().startsWith(prefix));
}

/** Brings a container back with its blobs. */
export function restoreContainer(state: AzureState, deleted: DeletedContainer): void {
    state.deletedContainers.splice(state.deletedContainers.indexOf(deleted), 1);
    state.set(deleted.container);
    state.containerContents.set(deleted.container.address.id.toLowerCase(), deleted.content);
}
