import type { Properties } from "./provider";

/**
 * Thrown by `create` or `update` when the resource exists but did not become ready. The engine keeps it in the state,
 * with `outputs`, shows `reasons`, and updates it on the next `up`.
 */
export class InitializationError extends Error {
    override readonly name = "InitializationError";

    constructor(
        readonly id: string,
        readonly outputs: Properties,
        readonly reasons: readonly string[],
        /** Names of outputs to keep encrypted, as in `ResourceState.secrets`. */
        readonly secrets: readonly string[] = [],
    ) {
        super(reasons.join("\n"));
    }
}
