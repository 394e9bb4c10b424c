import type { OutgoingHttpHeaders } from "node:http";
import { Agent, type RequestOptions } from "node:https";

/** The address of an API server, and how to log in to it. */
export interface ApiAccess {
    /** URL of the API server, which may have a path. */
    readonly server: string;
    /** Adds credentials and an agent to a request. Rejects when there are no credentials. */
    authenticate(options: RequestOptions): Promise<void>;
    /** Ends connections that are kept open. */
    close?(): void;
}

/** The same access in the name of another user, whose rights are then the ones that count. */
export function impersonating(access: ApiAccess, user: string): ApiAccess {
    return {
        server: access.server,
        authenticate: async (options) => {
            await access.authenticate(options);
            options.headers = { ...(options.headers as OutgoingHttpHeaders), "impersonate-user": user };
        },
    };
}

/** Access with a bearer token, on connections that stay open between requests. */
export function tokenAccess({ server, caPem, token }: { server: string; caPem: string; token: string }): ApiAccess {
    const agent = new Agent({ keepAlive: true, ca: caPem });
    return {
        server,
        authenticate: (options) => {
            Object.assign(options, { agent, headers: { ...options.headers, authorization: `Bearer ${token}` } });
            return Promise.resolve();
        },
        close: () => agent.destroy(),
    };
}
