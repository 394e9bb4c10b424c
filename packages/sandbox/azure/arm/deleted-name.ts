import { ArmError } from "./arm-error";

/** Key Vault's refusal of a key or secret whose name a deleted one still has. */
export function deletedName(kind: "Key" | "Secret", name: string): ArmError {
    return new ArmError(
        409,
        "Conflict",
        `${kind} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; ` +
            `in this state, the ${kind.toLowerCase()} can only be recovered or purged.`,
        `${kind.toLowerCase()}Name`,
    );
}
