import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { Authority } from "./authority";
import { ConnectionLost } from "./faults";
import { parseAuthority } from "./host-table";
import type { HttpHandler, HttpRequest, HttpResponse } from "./route";

/** The servers behind handler routes: they are given connections, and listen on no port of their own. */
export class Origins {
    private readonly servers = new Map<string, Promise<Server>>();

    constructor(
        private readonly authority: Authority,
        private readonly report: (message: string) => void,
    ) {}

    /**
     * Answers on a connection that a client opened to `host`: TLS with the host's own certificate, except on port 80.
     */
    async accept(socket: Duplex, host: string, port: number, handle: HttpHandler): Promise<void> {
        const key = `${host}:${port}`;
        try {
            const server = this.servers.get(key) ?? this.createServer(host, port, handle);
            this.servers.set(key, server);
            (await server).emit("connection", socket);
        } catch (error) {
            this.servers.delete(key);
            this.report(`The sandbox cannot answer for ${host}: ${String(error)}`);
            socket.destroy();
        }
    }

    /** Answers one request, on whatever connection it came. */
    async answer(
        request: IncomingMessage,
        response: ServerResponse,
        url: URL,
        host: string,
        handle: HttpHandler,
    ): Promise<void> {
        const method = request.method ?? "GET";
        let answer: HttpResponse;
        try {
            answer = await handle(await readRequest(request, method, url));
        } catch (error) {
            if (request.destroyed && !request.complete) {
                return;
            }
            if (error instanceof ConnectionLost) {
                request.socket.destroy();
                return;
            }
            this.report(`${method} ${url.protocol}//${host}${url.pathname} failed: ${stackOf(error)}`);
            const reason = error instanceof Error ? error.message : String(error);
            answer = { status: 500, body: `The sandbox's stand-in for ${host} failed: ${reason}\n` };
        }
        send(response, method, answer);
    }

    private async createServer(host: string, port: number, handle: HttpHandler): Promise<Server> {
        const base = port === 80 ? "http:" : "https:";
        const listener = (request: IncomingMessage, response: ServerResponse) => {
            const misdirected = misdirection(request, host, port);
            if (misdirected !== undefined) {
                send(response, request.method ?? "GET", { status: 421, body: misdirected });
                return;
            }
            const url = urlOf(request, base, host, port);
            void this.answer(request, response, url, host, handle);
        };
        // Go keeps idle connections for 90 s: a server that closes first loses requests that are on their way.
        const timeouts = { keepAliveTimeout: 120_000, requestTimeout: 0 };
        if (port === 80) {
            return createHttpServer(timeouts, listener);
        }
        const { certificatePem, keyPem } = await this.authority.issue([host]);
        const tls = { cert: certificatePem, key: keyPem, ALPNProtocols: ["http/1.1"] };
        const server = createHttpsServer({ ...tls, ...timeouts }, listener);
        server.on("tlsClientError", (error: NodeJS.ErrnoException) => {
            if (error.code !== "ECONNRESET") {
                this.report(`A client does not take the certificate of ${host}: ${error.message}`);
            }
        });
        return server;
    }
}

function stackOf(error: unknown): string {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function misdirection(request: IncomingMessage, host: string, port: number): string | undefined {
    const asked = request.headers.host ?? host;
    try {
        if (parseAuthority(asked, port).host === host) {
            return undefined;
        }
    } catch {
        // A Host header that cannot be read is refused too.
    }
    return `This connection is to ${host}, and the request on it is for ${asked}.\n`;
}

function urlOf(request: IncomingMessage, protocol: string, host: string, port: number): URL {
    const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    // Concatenated and not resolved: a path that starts with two slashes would be taken for a host.
    return new URL(`${protocol}//${authority}${request.url?.startsWith("/") ? request.url : "/"}`);
}

async function readRequest(request: IncomingMessage, method: string, url: URL): Promise<HttpRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined) {
            headers[name] = Array.isArray(value) ? value.join(", ") : value;
        }
    }
    return { method, url, headers, body: Buffer.concat(chunks) };
}

function send(response: ServerResponse, method: string, answer: HttpResponse): void {
    const headers = new Map(Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const body = bytesOf(answer.body, headers);
    const bodyless = answer.status === 204 || answer.status === 304;
    if (!bodyless && !headers.has("content-length")) {
        headers.set("content-length", String(body.length));
    }
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(bodyless || method === "HEAD" ? undefined : body);
}

function bytesOf(body: HttpResponse["body"], headers: Map<string, string>): Buffer {
    if (body === undefined || Buffer.isBuffer(body)) {
        return body ?? Buffer.alloc(0);
    }
    if (!headers.has("content-type")) {
        headers.set("content-type", typeof body === "string" ? "text/plain; charset=utf-8" : "application/json");
    }
    return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
