import { Refusal } from "../../network/refusal";
import type { HttpResponse } from "../../network/route";

const challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"';

/** What a refusal has beside its code and message. */
interface RefusalDetails {
    readonly headers?: Readonly<Record<string, string>>;
    readonly details?: readonly object[];
    readonly subcode?: string;
}

/**
 * A refusal as Azure Resource Manager writes it: `{error: {code, message, target}}`. AKS and DNS leave `error` out when
 * they refuse by themselves.
 */
export class ArmError extends Refusal {
    override readonly name = "ArmError";

    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        /** Path of the property at fault, where there is one. */
        readonly target?: string,
        private readonly more: RefusalDetails = {},
        /** Whether a service that leaves `error` out says so. */
        private readonly bare = false,
    ) {
        super(message);
    }

    /** The same refusal as a service says it that leaves `error` out. */
    asBare(): ArmError {
        return new ArmError(this.status, this.code, this.message, this.target, this.more, true);
    }

    toBody(): object {
        const { details, subcode } = this.more;
        return {
            code: this.code,
            message: this.message,
            ...(this.target === undefined ? {} : { target: this.target }),
            ...(details === undefined ? {} : { details }),
            ...(subcode === undefined ? {} : { subcode }),
        };
    }

    toResponse(): HttpResponse {
        const body = this.toBody();
        const headers = { ...(this.status === 401 ? { "www-authenticate": challenge } : {}), ...this.more.headers };
        return { status: this.status, headers, body: this.bare ? body : { error: body } };
    }
}
