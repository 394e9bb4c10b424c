import type { Properties } from "../../plugins/provider";
import { type Caller, rolesAt } from "../arm/access";
import type { AzureState } from "../state";

/** Microsoft.Authorization, Permissions - List For Resource Group, 2022-04-01: of whoever asks, at a scope. */
export function listPermissions(state: AzureState, { objectId }: Caller, scope: string): Properties {
    return {
        value: rolesAt(state, objectId, scope).map(({ actions, notActions, dataActions, notDataActions }) => ({
            actions,
            notActions,
            dataActions,
            notDataActions,
        })),
    };
}
