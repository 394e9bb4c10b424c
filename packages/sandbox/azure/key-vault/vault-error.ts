import { Refusal } from "../../network/refusal";
import type { HttpResponse } from "../../network/route";

/** A refusal as Key Vault writes it. */
export class VaultError extends Refusal {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        /** The inner error's code, where Key Vault has one. */
        readonly inner?: string,
        readonly headers: Readonly<Record<string, string>> = {},
    ) {
        super(message);
    }

    toResponse(): HttpResponse {
        const inner = this.inner === undefined ? {} : { innererror: { code: this.inner } };
        const body = { error: { code: this.code, message: this.message, ...inner } };
        return { status: this.status, headers: this.headers, body };
    }
}
