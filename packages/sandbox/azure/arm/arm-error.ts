import { Refusal } from "../../network/refusal";
import type { HttpResponse } from "../../network/route";

const challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"';

/** A refusal as Azure Resource Manager writes it: `{error: {code, message, target}}`. */
export class ArmError extends Refusal {
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

    toResponse(): HttpResponse {
        const target = this.target === undefined ? {} : { target: this.target };
        const headers: Record<string, string> = this.status === 401 ? { "www-authenticate": challenge } : {};
        return { status: this.status, headers, body: { error: { code: this.code, message: this.message, ...target } } };
    }
}
