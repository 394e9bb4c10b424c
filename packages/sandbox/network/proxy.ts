import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Authority } from "./authority";
import { Gateway } from "./gateway";
import { UnknownHosts } from "./host-table";
import { asksItself, isOwnPeer } from "./peer";
import type { Route } from "./route";

export interface ProxyOptions {
    /** Looked up in order: the first whose host matches, and that takes the port, answers. */
    readonly routes: readonly Route[];
    readonly authority: Authority;
    /** The port of the HTTP proxy. Default 0: a free one. */
    readonly port?: number;
    /** Whether a client without the password is served. Default: every process of the user that runs the sandbox. */
    readonly serves?: (client: Socket) => boolean;
    /** Hears of hosts that are asked for and refused. */
    readonly unknownHosts?: UnknownHosts;
    /** Hears of faults: a stand-in or a route that threw, a client that does not accept a certificate. */
    readonly report: (message: string) => void;
}

export interface Proxy {
    /** For HTTPS_PROXY and HTTP_PROXY. It holds a password, with which a client is served without being looked up. */
    readonly url: string;
    /** For ALL_PROXY, which ssh and other protocols go through. */
    readonly socksUrl: string;
    readonly port: number;
    /** Stops listening, and ends every connection. */
    close(): Promise<void>;
}

/**
 * Starts the forward proxy which is a sandbox's only way out: HTTP (absolute-form requests and CONNECT), and SOCKS5
 * (CONNECT) on a second port. Other users of the machine are not served. A host with a handler has its TLS ended here,
 * a forwarded one gets the bytes untouched, and every other one is refused with 502.
 *
 * It speaks HTTP/1.1 only, and holds a handler's request and response in memory as a whole.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
    const { routes, authority, report, unknownHosts = new UnknownHosts() } = options;
    const gateway = new Gateway(routes, authority, report, unknownHosts);
    const isServed = options.serves ?? isOwnPeer;
    const password = randomBytes(24).toString("hex");
    const isAdmitted = admission(password, isServed);
    const http = asksItself(createHttpServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }));
    http.on("request", (request, response) => {
        if (isAdmitted(request)) {
            void gateway.onAbsoluteForm(request, response);
        }
    });
    http.on("connect", (request, socket, head) => {
        if (isAdmitted(request)) {
            void gateway.onConnect(request, socket as Socket, head);
        }
    });
    const socks = asksItself(
        createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
            if (isServed(socket)) {
                void gateway.onSocks(socket);
            } else {
                socket.destroy();
            }
        }),
    );
    const open = [http, socks].map(trackSockets);
    const [port, socksPort] = await Promise.all([listen(http, options.port ?? 0), listen(socks, 0)]);
    return {
        url: `http://${userName}:${password}@127.0.0.1:${port}`,
        socksUrl: `socks5://127.0.0.1:${socksPort}`,
        port,
        close: async () => {
            const closed = [http, socks].map((server) => new Promise((resolve) => server.close(resolve)));
            open.flatMap((sockets) => [...sockets]).forEach((socket) => socket.destroy());
            await Promise.all(closed);
        },
    };
}

const userName = "sandbox";

/**
 * Tells whether a request is answered, and ends its connection if not. Whose a connection is takes the kernel
 * milliseconds, since it goes through its whole table; whoever has the password has read a file or an environment of
 * this user.
 */
function admission(password: string, isServed: (client: Socket) => boolean): (request: IncomingMessage) => boolean {
    const expected = Buffer.from(`Basic ${Buffer.from(`${userName}:${password}`).toString("base64")}`);
    const admitted = new WeakSet<Socket>();
    return ({ headers, socket }) => {
        const given = Buffer.from(headers["proxy-authorization"] ?? "");
        delete headers["proxy-authorization"];
        const isKnown = given.length === expected.length && timingSafeEqual(given, expected);
        if (admitted.has(socket) || isKnown || isServed(socket)) {
            admitted.add(socket);
            return true;
        }
        socket.destroy();
        return false;
    };
}

function trackSockets(server: Server | HttpServer): Set<Socket> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
    });
    return sockets;
}

function listen(server: Server | HttpServer, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            server.off("error", reject);
            resolve((server.address() as AddressInfo).port);
        });
    });
}
