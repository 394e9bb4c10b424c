import type { HttpHandler, HttpResponse } from "./route";

/** What a stand-in throws to refuse a request in the form that its service gives refusals. */
export abstract class Refusal extends Error {
    abstract toResponse(): HttpResponse;
}

/** A handler that answers with the refusals that `handle` throws. Other errors are faults of the stand-in, and pass. */
export function answerRefusals(handle: HttpHandler): HttpHandler {
    return async (request) => {
        try {
            return await handle(request);
        } catch (error) {
            if (error instanceof Refusal) {
                return error.toResponse();
            }
            throw error;
        }
    };
}
