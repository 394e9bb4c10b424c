import * as assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type Authority, loadOrCreateAuthority } from "../../../network/authority";
import { UnknownHosts } from "../../../network/host-table";
import { type Proxy, startProxy } from "../../../network/proxy";
import type { Route } from "../../../network/route";

describe("the sandbox's network", () => {
    let directory: string;
    let authority: Authority;
    let proxy: Proxy;
    let echo: Server;
    let cluster: Server;
    const reports: string[] = [];
    const unknownHosts = new UnknownHosts();

    before(async () => {
        directory = await mkdtemp(join(tmpdir(), "landfall-network-"));
        authority = await loadOrCreateAuthority(directory);
        echo = await listening(createServer((socket) => socket.pipe(socket)));
        const own = await authority.issue(["own.example.com"]);
        cluster = await listening(
            createTlsServer({ cert: own.certificatePem, key: own.keyPem }, (socket) => socket.end("cluster")),
        );
        proxy = await startProxy({
            ...{ authority, unknownHosts, routes: routes() },
            report: (message) => reports.push(message),
        });
    });

    after(async () => {
        await proxy.close();
        echo.close();
        cluster.close();
        await rm(directory, { recursive: true });
    });

    function routes(): Route[] {
        return [
            {
                host: "api.example.com",
                handle: ({ method, url, body }) => answer({ method, url: url.href, n: body.length }),
            },
            {
                host: /.*\.example\.com/,
                forward: (_, port) => Promise.resolve(port === 443 ? address(cluster) : undefined),
            },
            { host: "git.example.org", forward: () => Promise.resolve(address(echo)) },
            { host: "hub.example.org", forward: (_, port) => Promise.resolve(port === 22 ? address(echo) : undefined) },
            { host: "hub.example.org", handle: ({ url }) => answer({ url: url.href }) },
            { host: "broken.example.org", handle: () => Promise.reject(new Error("out of order")) },
        ];
    }

    it("keeps the authority and hides its key", async () => {
        const again = await loadOrCreateAuthority(directory);
        assert.equal(again.certificatePem, authority.certificatePem);
        assert.equal((await stat(join(directory, "authority.key"))).mode & 0o777, 0o600);
    });

    it("refuses a host that no route answers for, and remembers it", async () => {
        const { response, body } = await tunnel("elsewhere.example.net:443");
        assert.equal(response.statusCode, 502);
        assert.equal(response.statusMessage, "elsewhere.example.net is not part of the sandbox's world");
        assert.equal(body, "elsewhere.example.net is not part of the sandbox's world\n");
        assert.ok(unknownHosts.list().some(({ host, port }) => host === "elsewhere.example.net" && port === 443));
    });

    it("ends TLS with a certificate of the host's own name", async () => {
        const secure = await secureTunnel("API.example.com.:443", "api.example.com");
        assert.equal(secure.getPeerCertificate().subjectaltname, "DNS:api.example.com");
        assert.equal(secure.alpnProtocol, "http/1.1");
        const text = await exchange(
            secure,
            "GET //a?b=c HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n",
        );
        assert.match(text, /^HTTP\/1\.1 200 /);
        assert.match(text, /\{"method":"GET","url":"https:\/\/api\.example\.com\/\/a\?b=c","n":0\}$/);
    });

    it("asks the next route of a host for a port that the first does not take", async () => {
        const secure = await secureTunnel("hub.example.org:443", "hub.example.org");
        const text = await exchange(secure, "GET /a HTTP/1.1\r\nHost: hub.example.org\r\nConnection: close\r\n\r\n");
        assert.match(text, /\{"url":"https:\/\/hub\.example\.org\/a"\}$/);
        const { response } = await tunnel("hub.example.org:22");
        assert.equal(response.statusCode, 200);
    });

    it("refuses a request for another host than the connection's", async () => {
        const secure = await secureTunnel("api.example.com:443", "api.example.com");
        const text = await exchange(secure, "GET / HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n");
        assert.match(text, /^HTTP\/1\.1 421 /);
    });

    it("passes a large request in absolute form to the handler", async () => {
        const body = Buffer.alloc(20_000_000, 1);
        const options = { port: proxy.port, path: "http://api.example.com/up", method: "PUT" };
        const answered = await new Promise<IncomingMessage>((resolve, reject) =>
            request(options, resolve).on("error", reject).end(body),
        );
        assert.equal(await textOf(answered), '{"method":"PUT","url":"http://api.example.com/up","n":20000000}');
    });

    it("tells the client why a stand-in failed", async () => {
        const answered = await new Promise<IncomingMessage>((resolve, reject) =>
            request({ port: proxy.port, path: "http://broken.example.org/" }, resolve).on("error", reject).end(),
        );
        assert.equal(answered.statusCode, 500);
        assert.equal(await textOf(answered), "The sandbox's stand-in for broken.example.org failed: out of order\n");
        assert.match(reports.join("\n"), /GET http:\/\/broken\.example\.org\/ failed: Error: out of order/);
    });

    it("passes TLS on untouched where a route forwards, and only the port that it knows", async () => {
        const secure = await secureTunnel("k8s.example.com:443", "own.example.com");
        assert.equal(secure.getPeerCertificate().subjectaltname, "DNS:own.example.com");
        secure.destroy();
        assert.equal((await tunnel("k8s.example.com:8443")).response.statusCode, 502);
    });

    it("forwards any protocol from the SOCKS port, bytes sent ahead of the answer included", async () => {
        const socket = connectTcp(Number(new URL(proxy.socksUrl).port), "127.0.0.1");
        socket.end(Buffer.concat([socksRequest("git.example.org", 22), Buffer.from("SSH-2.0-test")]));
        const [greeting, reply, rest] = cut(await bytesOf(socket), 2, 10);
        assert.deepEqual([...greeting], [5, 0]);
        assert.equal(reply[1], 0);
        assert.equal(rest.toString(), "SSH-2.0-test");
    });

    it("waits for the rest of a SOCKS request that comes in pieces, and serves others meanwhile", async () => {
        const socket = connectTcp(Number(new URL(proxy.socksUrl).port), "127.0.0.1").setNoDelay();
        const bytes = socksRequest("git.example.org", 22);
        for (const piece of [bytes.subarray(0, 1), bytes.subarray(1, 9), bytes.subarray(9, -1)]) {
            socket.write(piece);
            assert.equal((await tunnel("k8s.example.com:8443")).response.statusCode, 502);
        }
        socket.end(bytes.subarray(-1));
        const [, reply] = cut(await bytesOf(socket), 2, 10);
        assert.equal(reply[1], 0);
    });

    it("refuses a host at the SOCKS port too", async () => {
        const socket = connectTcp(Number(new URL(proxy.socksUrl).port), "127.0.0.1");
        socket.write(socksRequest("elsewhere.example.net", 22));
        const [, reply] = cut(await bytesOf(socket), 2, 10);
        assert.equal(reply[1], 2);
    });

    function tunnel(authorityForm: string): Promise<{ response: IncomingMessage; socket: Socket; body: string }> {
        return new Promise((resolve, reject) => {
            const outgoing = request({ port: proxy.port, method: "CONNECT", path: authorityForm });
            outgoing.on("error", reject);
            outgoing.on("connect", (response, socket, head) => {
                resolve({ response, socket, body: head.toString() });
            });
            outgoing.end();
        });
    }

    async function secureTunnel(authorityForm: string, servername: string): Promise<TLSSocket> {
        const { socket } = await tunnel(authorityForm);
        return new Promise((resolve, reject) => {
            const options = { socket, servername, ca: authority.certificatePem, ALPNProtocols: ["h2", "http/1.1"] };
            const secure = connectTls(options, () => resolve(secure));
            secure.on("error", reject);
        });
    }
});

function answer(body: object): Promise<{ status: number; body: object }> {
    return Promise.resolve({ status: 200, body });
}

function socksRequest(host: string, port: number): Buffer {
    const head = Buffer.from([5, 1, 0, 5, 1, 0, 3, host.length]);
    return Buffer.concat([head, Buffer.from(host), Buffer.from([port >> 8, port & 0xff])]);
}

function cut(bytes: Buffer, first: number, second: number): [Buffer, Buffer, Buffer] {
    return [bytes.subarray(0, first), bytes.subarray(first, first + second), bytes.subarray(first + second)];
}

async function exchange(socket: TLSSocket, text: string): Promise<string> {
    socket.write(text);
    return (await bytesOf(socket)).toString();
}

async function bytesOf(socket: Socket): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
}

async function textOf(message: IncomingMessage): Promise<string> {
    let text = "";
    for await (const chunk of message) {
        text += String(chunk);
    }
    return text;
}

function listening<T extends Server>(server: T): Promise<T> {
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function address(server: Server): { host: string; port: number } {
    return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}
