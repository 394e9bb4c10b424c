/** A refusal as Azure Resource Manager writes it: `{error: {code, message, target}}`. */
export class ArmError extends Error {
    override readonly name = "ArmError";

    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        /** Path of the property at fault, where there is one. */
        readonly target?: string,
    ) {
        super(message);
    }

    toJSON(): object {
        return { error: { code: this.code, message: this.message, ...(this.target ? { target: this.target } : {}) } };
    }
}
