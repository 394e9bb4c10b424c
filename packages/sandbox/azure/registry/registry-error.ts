import { randomUUID } from "node:crypto";
import type { HttpResponse } from "../../network/route";

/** A refusal as a container registry writes it (OCI distribution specification, "Error Codes"). */
export class RegistryError extends Error {
    override readonly name = "RegistryError";

    constructor(
        readonly status: number,
        /** Of the specification's list, such as `MANIFEST_UNKNOWN`. */
        readonly code: string,
        message: string,
        /** Value of `WWW-Authenticate`. */
        readonly challenge?: string,
    ) {
        super(message);
    }

    toResponse(): HttpResponse {
        return {
            status: this.status,
            headers: {
                "docker-distribution-api-version": "registry/2.0",
                ...(this.challenge === undefined ? {} : { "www-authenticate": this.challenge }),
            },
            body: { errors: [{ code: this.code, message: this.message }] },
        };
    }
}

/** What Azure says to whoever has no token, a wrong one, or one of an identity without a role: it does not say which. */
export function unauthorized(challenge?: string): RegistryError {
    const help = "visit https://aka.ms/acr/authorization for more information";
    const message = `authentication required, ${help}. CorrelationId: ${randomUUID()}`;
    return new RegistryError(401, "UNAUTHORIZED", message, challenge);
}
