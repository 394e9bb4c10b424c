/** A request as it arrives at a host of the outside world, after TLS. */
export interface HttpRequest {
    readonly method: string;
    readonly url: URL;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}

export interface HttpResponse {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** An object is sent as JSON. */
    readonly body?: string | Buffer | object;
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Who answers for a host name: a handler (TLS is ended at the proxy), or an address that gets the bytes as they are. A
 * forward that gives undefined leaves the port to the next route of the host, and so does a fence that has no reason
 * why nobody may.
 */
export type Route = {
    /** An exact host name, or a pattern for the whole of it. Lower case, without a trailing dot. */
    readonly host: string | RegExp;
} & (
    | { readonly handle: HttpHandler }
    | { readonly refusal: (hostname: string, port: number) => Promise<string | undefined> }
    | { readonly forward: (hostname: string, port: number) => Promise<{ host: string; port: number } | undefined> }
);
