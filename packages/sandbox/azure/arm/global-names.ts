import type { AzureState } from "../state";

/** Names that subscriptions of others hold; a name is unique in the whole of Azure. In lower case. */
const heldByOthers = new Set(["taken", "contoso", "fabrikam"]);

/**
 * Whether a resource of the type holds the name, in this subscription or another. `except` is an id that may hold it.
 */
export function isNameHeld(state: AzureState, token: string, name: string, except?: string): boolean {
    const wanted = name.toLowerCase();
    return (
        heldByOthers.has(wanted) ||
        state
            .ofType(token)
            .some(
                ({ address }) =>
                    address.name.toLowerCase() === wanted && address.id.toLowerCase() !== except?.toLowerCase(),
            )
    );
}
