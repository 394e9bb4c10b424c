import { Refusal } from "../network/refusal";
import type { HttpResponse } from "../network/route";

/** A refusal as a container registry writes it (OCI distribution specification, "Error Codes"). */
export class RegistryError extends Refusal {
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

/** With the repositories that there are, so that a wrong name is seen. */
export function repositoryUnknown(name: string, known: Iterable<string>): RegistryError {
    const names = [...known].sort().join(", ") || "none";
    const message = `repository name not known to registry: it has no ${name}. Its repositories: ${names}.`;
    return new RegistryError(404, "NAME_UNKNOWN", message);
}
