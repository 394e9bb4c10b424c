import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpHandler, HttpRequest, HttpResponse, Route } from "./route";

/** What is wrong with hosts of the world, for as long as it is set. */
export interface Fault {
    /** A pattern for the whole of a host name. */
    readonly host: string;
    /** Of a request to a host whose TLS the proxy ends. @default - every method */
    readonly methods?: readonly string[];
    readonly effect: Effect;
}

type Effect =
    | { readonly kind: "refused" }
    /** A connection is taken, and nothing comes back. */
    | { readonly kind: "silent" }
    | { readonly kind: "slow"; readonly seconds: number }
    /** An answer of the host instead of what was asked for. Not where bytes go through untouched. */
    | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number }
    /**
     * What is asked for is done, and never answered: what a client that is killed in the middle leaves. Each request
     * (method and path) meets it once; of all of them this share, which the seed chooses.
     */
    | { readonly kind: "unanswered"; readonly share: number; readonly seed: number };

/** What has happened since faults were set. */
export interface FaultsMet {
    /** The requests and connections that met one, in order. */
    readonly met: readonly string[];
    /** How many different requests (method and path) a fault of kind `unanswered` looked at. */
    readonly passed: number;
}

/** Closes the connection without an answer. */
export class ConnectionLost extends Error {}

/** Faults that a test sets, between clients and the routes of the world. */
export class Faults {
    private current: readonly Fault[] = [];
    private readonly requests: string[] = [];
    private readonly seen = new Set<string>();
    private readonly passed = new Set<string>();
    private sink: Promise<Server> | undefined;

    /** In the place of those before. */
    set(faults: readonly Fault[]): void {
        this.current = faults;
        this.requests.length = 0;
        this.seen.clear();
        this.passed.clear();
    }

    met(): FaultsMet {
        return { met: this.requests, passed: this.passed.size };
    }

    /** The route with the faults in front of it. */
    before(route: Route): Route {
        const { host } = route;
        if ("handle" in route) {
            return { host, handle: this.handler(route.handle) };
        }
        if ("forward" in route) {
            return {
                host,
                forward: async (hostname, port) => {
                    const target = await route.forward(hostname, port);
                    return target && (await this.diverted(hostname, port, target));
                },
            };
        }
        return route;
    }

    private handler(handle: HttpHandler): HttpHandler {
        return async (request) => {
            const fault = this.find(request.url.hostname, request.method);
            if (!fault) {
                return handle(request);
            }
            const what = `${request.method} ${request.url.hostname}${request.url.pathname}`;
            if (fault.effect.kind === "unanswered") {
                return this.unanswered(fault.effect, what, request, handle);
            }
            this.requests.push(what);
            return answer(fault.effect, request, handle);
        };
    }

    private async unanswered(
        { share, seed }: Effect & { kind: "unanswered" },
        what: string,
        request: HttpRequest,
        handle: HttpHandler,
    ): Promise<HttpResponse> {
        this.passed.add(what);
        if (this.seen.has(what) || chance(`${seed} ${what.replace(guid, "*")}`) >= share) {
            return handle(request);
        }
        this.seen.add(what);
        const response = await handle(request);
        if (response.status >= 400) {
            return response;
        }
        this.requests.push(what);
        return never();
    }

    private async diverted(
        hostname: string,
        port: number,
        target: { readonly host: string; readonly port: number },
    ): Promise<{ host: string; port: number }> {
        const effect = this.find(hostname, "CONNECT")?.effect;
        if (!effect) {
            return target;
        }
        this.requests.push(`CONNECT ${hostname}:${port}`);
        switch (effect.kind) {
            case "refused":
                // Nothing listens there.
                return { host: "127.0.0.1", port: 1 };
            case "silent":
                return { host: "127.0.0.1", port: await this.silentPort() };
            case "slow":
                await sleep(effect.seconds * 1000);
                return target;
            default:
                throw new Error(
                    `a fault of kind ${effect.kind} needs a host whose TLS the proxy ends, and not ${hostname}`,
                );
        }
    }

    private find(hostname: string, method: string): Fault | undefined {
        return this.current.find(
            ({ host, methods }) =>
                new RegExp(`^(?:${host})$`, "i").test(hostname) &&
                (methods === undefined || method === "CONNECT" || methods.includes(method)),
        );
    }

    private async silentPort(): Promise<number> {
        this.sink ??= new Promise((resolve, reject) => {
            const server = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
            server.once("error", reject);
            server.listen(0, "127.0.0.1", () => resolve(server.unref()));
        });
        return ((await this.sink).address() as AddressInfo).port;
    }
}

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

async function answer(
    effect: Exclude<Effect, { kind: "unanswered" }>,
    request: HttpRequest,
    handle: HttpHandler,
): Promise<HttpResponse> {
    switch (effect.kind) {
        case "refused":
            throw new ConnectionLost();
        case "silent":
            return never();
        case "slow":
            await sleep(effect.seconds * 1000);
            return handle(request);
        case "status":
            return {
                status: effect.status,
                headers:
                    effect.retryAfterSeconds === undefined ? {} : { "retry-after": String(effect.retryAfterSeconds) },
                body: { error: { code: codes[effect.status] ?? "Fault", message: "A fault that a test has set." } },
            };
    }
}

/** As Azure names them. */
const codes: Readonly<Record<number, string>> = {
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
};

function never(): Promise<never> {
    return new Promise(() => undefined);
}

/** A number from 0 to 1 that is the same for the same text. */
function chance(text: string): number {
    return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}
