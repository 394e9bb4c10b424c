import type { AzureState } from "../state";
import { ArmError } from "./arm-error";
import { isWithin } from "./resource-id";

/**
 * A lock holds for its scope and all within: `CanNotDelete` against deletion, `ReadOnly` against writes as well.
 * @throws an ArmError `ScopeLocked` that names the locks in the way.
 */
export function checkLocks(state: AzureState, id: string, operation: "write" | "delete"): void {
    const locks = state.ofType("authorization:ManagementLockByScope").filter(({ address, inputs }) => {
        const scope = address.parameters.scope ?? "";
        const concerns = isWithin(id, scope) || (operation === "delete" && isWithin(scope, id));
        return concerns && !isLock(id) && (operation === "delete" || inputs.level === "ReadOnly");
    });
    if (locks.length > 0) {
        throw new ArmError(
            409,
            "ScopeLocked",
            `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: ` +
                `'${locks.map(({ address }) => address.parameters.scope).join(", ")}'. Please remove the lock and try again.`,
        );
    }
}

function isLock(id: string): boolean {
    return /\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i.test(id);
}
