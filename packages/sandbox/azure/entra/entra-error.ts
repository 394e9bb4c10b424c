import { randomUUID } from "node:crypto";
import { Refusal } from "../../network/refusal";
import type { HttpResponse } from "../../network/route";

/** A refusal as Entra's token endpoint writes it: an OAuth error with an AADSTS code. */
export class EntraError extends Refusal {
    override readonly name = "EntraError";

    constructor(
        readonly status: number,
        /** OAuth 2.0 error code. */
        readonly error: string,
        /** The number after AADSTS. */
        readonly code: number,
        message: string,
    ) {
        super(`AADSTS${code}: ${message}`);
    }

    toResponse(): HttpResponse {
        const timestamp = new Date().toISOString().replace("T", " ").replace(/\.\d+/, "");
        const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
        return {
            status: this.status,
            body: {
                error: this.error,
                error_description: `${this.message} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
                error_codes: [this.code],
                timestamp,
                trace_id,
                correlation_id,
                error_uri: `https://login.microsoftonline.com/error?code=${this.code}`,
            },
        };
    }
}
