import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Authority } from "./authority";
import { HostTable, normalizeHost, parseAuthority, type UnknownHosts } from "./host-table";
import { Origins } from "./origin";
import { relay } from "./relay";
import type { HttpHandler, Route } from "./route";
import { readSocksRequest, sendSocksReply, socksReply } from "./socks";
import { dial, splice } from "./tunnel";

type Opening = { connected: true; continueWith: (socket: Socket) => void } | { connected: false; reason: string };

/** What a client's connection to the proxy leads to. */
export class Gateway {
    private readonly world: HostTable;
    private readonly origins: Origins;

    constructor(
        routes: readonly Route[],
        authority: Authority,
        private readonly report: (message: string) => void,
        unknownHosts: UnknownHosts,
    ) {
        this.world = new HostTable(routes, unknownHosts);
        this.origins = new Origins(authority, report);
    }

    /** HTTP's CONNECT: a tunnel to a host and port. */
    async onConnect(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
        socket.on("error", () => socket.destroy());
        let target: { host: string; port: number };
        try {
            target = parseAuthority(request.url ?? "", 443);
        } catch (error) {
            socket.end(statusMessage(400, (error as Error).message));
            return;
        }
        const opening = await this.open(target.host, target.port);
        if (!opening.connected) {
            socket.end(statusMessage(502, opening.reason));
            return;
        }
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        if (head.length > 0) {
            socket.unshift(head);
        }
        opening.continueWith(socket);
    }

    /** A connection to the SOCKS port. */
    async onSocks(socket: Socket): Promise<void> {
        socket.on("error", () => socket.destroy());
        try {
            const target = await readSocksRequest(socket);
            if (target === undefined) {
                return;
            }
            const opening = await this.open(normalizeHost(target.host), target.port);
            sendSocksReply(socket, opening.connected ? socksReply.succeeded : socksReply.notAllowed);
            if (opening.connected) {
                opening.continueWith(socket);
            }
        } catch {
            // The client went away in the middle of its own request: nobody is left to tell.
            socket.destroy();
        }
    }

    /** A request for `http://host/path`, which a proxy gets in full instead of a CONNECT. */
    async onAbsoluteForm(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const asked = request.url ?? "";
        const url = URL.canParse(asked) ? new URL(asked) : undefined;
        if (url?.protocol !== "http:") {
            response.writeHead(400).end("This is the sandbox's proxy: set HTTP_PROXY to its address.\n");
            return;
        }
        const host = normalizeHost(url.hostname);
        const port = url.port === "" ? 80 : Number(url.port);
        const target = await this.targetOf(host, port);
        if (typeof target === "function") {
            await this.origins.answer(request, response, url, host, target);
            return;
        }
        if (typeof target === "string") {
            response.writeHead(502, { "content-type": "text/plain" }).end(`${target}\n`);
            return;
        }
        relay(request, response, url, target);
    }

    /** Finds who answers for the host: what to do with the client's connection, or why nobody answers. */
    private async open(host: string, port: number): Promise<Opening> {
        const target = await this.targetOf(host, port);
        if (typeof target === "function") {
            return { connected: true, continueWith: (socket) => void this.origins.accept(socket, host, port, target) };
        }
        return this.openTunnel(target, host, port);
    }

    private async openTunnel(target: Address | string, host: string, port: number): Promise<Opening> {
        if (typeof target === "string") {
            return { connected: false, reason: target };
        }
        try {
            const upstream = await dial(target);
            return { connected: true, continueWith: (socket) => splice(socket, upstream) };
        } catch (error) {
            return { connected: false, reason: `${host}:${port} does not answer: ${(error as Error).message}` };
        }
    }

    /** The first route of the host that takes the port: its handler, where it leads to, or why it leads nowhere. */
    private async targetOf(host: string, port: number): Promise<HttpHandler | Address | string> {
        try {
            for (const route of this.world.lookup(host)) {
                const target = await targetOf(route, host, port);
                if (target !== undefined) {
                    return target;
                }
            }
            return this.world.refuse(host, port);
        } catch (error) {
            const failure = `The sandbox's route to ${host}:${port} failed: ${(error as Error).message}`;
            this.report(failure);
            return failure;
        }
    }
}

/** What a route has for a port: its handler, an address, the reason why nobody may, or nothing. */
async function targetOf(route: Route, host: string, port: number): Promise<HttpHandler | Address | string | undefined> {
    if ("handle" in route) {
        return route.handle;
    }
    return "refusal" in route ? route.refusal(host, port) : route.forward(host, port);
}

interface Address {
    readonly host: string;
    readonly port: number;
}

function statusMessage(status: number, reason: string): string {
    // Go's client shows the reason phrase of a refused CONNECT, and nothing else of the answer.
    const phrase = reason.replace(/[^\x20-\x7e]/g, "?");
    const body = `${reason}\n`;
    const headers = `content-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
    return `HTTP/1.1 ${status} ${phrase}\r\n${headers}\r\n\r\n${body}`;
}
