import { randomUUID } from "node:crypto";
import { Refusal } from "../../network/refusal";
import type { HttpResponse } from "../../network/route";
import { xml } from "./xml";

/** A refusal as the storage services write it: XML, and the code in a header too. */
export class StorageError extends Refusal {
    override readonly name = "StorageError";

    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        /** `AuthenticationErrorDetail`, or other elements beside code and message. */
        readonly detail: Readonly<Record<string, string>> = {},
        readonly headers: Readonly<Record<string, string>> = {},
    ) {
        super(message);
    }

    toResponse(): HttpResponse {
        const requestId = randomUUID();
        const message = `${this.message}\nRequestId:${requestId}\nTime:${new Date().toISOString()}`;
        return {
            status: this.status,
            headers: {
                ...this.headers,
                "content-type": "application/xml",
                "x-ms-error-code": this.code,
                "x-ms-request-id": requestId,
            },
            body: xml("Error", { Code: this.code, Message: message, ...this.detail }),
        };
    }
}
