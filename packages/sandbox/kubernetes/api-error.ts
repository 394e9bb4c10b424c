/** The API server refused a request (a `Status` of the Kubernetes API). */
export class ApiError extends Error {
    constructor(
        /** What was refused: method and path, or the object in the user's terms. */
        readonly request: string,
        readonly status: number,
        /** The server's own message. */
        readonly answer: string,
        /** Machine-readable, such as `AlreadyExists` or `Conflict`; empty when the server gave none. */
        readonly reason = "",
    ) {
        super(`${request}: ${answer}`);
    }
}

/** The API server did not answer, or did not accept the credentials. */
export class UnreachableError extends Error {}
