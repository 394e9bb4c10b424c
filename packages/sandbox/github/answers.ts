import type { HttpResponse } from "../network/route";

export interface FieldError {
    readonly resource?: string;
    readonly field?: string;
    readonly code: string;
    readonly message?: string;
}

/** An error as the REST API words it: `{message, documentation_url, status, errors?}`. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
        readonly errors?: readonly (FieldError | string)[],
        /** Replaces the documentation page of the endpoint. */
        readonly documentation?: string,
        readonly headers: Readonly<Record<string, string>> = {},
    ) {
        super(message);
    }
}

export const notFound = (message = "Not Found"): ApiError => new ApiError(404, message);

export const unprocessable = (message: string): ApiError => new ApiError(422, message);

export const emptyRepository = (): ApiError => new ApiError(409, "Git Repository is empty.");

/** 422 "Validation Failed" with the fields at fault. */
export const invalid = (...errors: FieldError[]): ApiError => new ApiError(422, "Validation Failed", errors);

export const ok = (body: object): HttpResponse => ({ status: 200, body });

export const created = (body: object): HttpResponse => ({ status: 201, body });

export const done: HttpResponse = { status: 204 };
