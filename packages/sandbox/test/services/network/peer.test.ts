import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateAuthority } from "../../../network/authority";
import { isOwnPeer } from "../../../network/peer";
import { startProxy } from "../../../network/proxy";

describe("a client of the sandbox", () => {
    const own = process.getuid!();

    /** What is said of the client of a connection, while it lasts. */
    async function asked<Result>(host: string, about: (socket: Socket) => Result): Promise<Result> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, host, resolve));
        const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
        const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
        try {
            return about(await accepted);
        } finally {
            client.destroy();
            server.close();
        }
    }

    it("is of the same user, or of another", async () => {
        assert.equal(await asked("127.0.0.1", (socket) => isOwnPeer(socket)), true);
        assert.equal(await asked("::", (socket) => isOwnPeer(socket)), true, "a listener of both kinds of addresses");
    });

    it("is refused as another user", async () => {
        // Root alone can be another user, and is let in by everybody.
        if (own !== 0) {
            assert.equal(await asked("127.0.0.1", (socket) => isOwnPeer(socket, own + 1)), false);
            return;
        }
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
        const script = `require("net").connect(${(server.address() as AddressInfo).port}, "127.0.0.1")`;
        const nobody = spawn(process.execPath, ["-e", script], { uid: 65534, cwd: "/", stdio: "ignore" });
        try {
            const socket = await accepted;
            const isServed = isOwnPeer(socket);
            socket.destroy();
            assert.equal(isServed, false);
        } finally {
            nobody.kill();
            server.close();
        }
    });

    it("is nobody once its connection is gone", async () => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const unconnected = { remoteAddress: "127.0.0.1", remotePort: 1, localAddress: "127.0.0.1", localPort: 2 };
        assert.equal(isOwnPeer(unconnected as Socket, own + 1), false);
        server.close();
    });

    it("is nobody once it has closed its end, which the kernel shows as root's", async () => {
        const server = createServer({ allowHalfOpen: true });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
        const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
        const socket = await accepted;
        const ended = new Promise((resolve) => socket.once("end", resolve).resume());
        client.destroy();
        await ended;
        const isServed = isOwnPeer(socket);
        socket.destroy();
        server.close();
        assert.equal(isServed, false);
    });

    it("gets no answer from a proxy that does not serve it", async () => {
        const directory = await mkdtemp(join(tmpdir(), "landfall-peer-"));
        const authority = await loadOrCreateAuthority(directory);
        const route = { host: "example.com", handle: () => Promise.resolve({ status: 200, body: "answer" }) };
        let serves = true;
        const proxy = await startProxy({ authority, routes: [route], report: () => undefined, serves: () => serves });
        const ask = (password?: string) =>
            new Promise<number | undefined>((resolve, reject) => {
                const authorization = `Basic ${Buffer.from(`sandbox:${password}`).toString("base64")}`;
                const headers = password === undefined ? {} : { "proxy-authorization": authorization };
                const options = { port: proxy.port, path: "http://example.com/", agent: false, headers };
                get(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
            });
        const greet = () =>
            new Promise<number>((resolve) => {
                let bytes = 0;
                const socket = connect(Number(new URL(proxy.socksUrl).port), "127.0.0.1");
                socket.on("data", (chunk) => ((bytes += chunk.length), socket.destroy()));
                socket.on("error", () => undefined).on("close", () => resolve(bytes));
                socket.write(Buffer.from([5, 1, 0]));
            });
        try {
            assert.equal(await ask(), 200);
            assert.equal(await greet(), 2);
            serves = false;
            await assert.rejects(ask(), /ECONNRESET|socket hang up/);
            assert.equal(await greet(), 0);
            const { password } = new URL(proxy.url);
            assert.equal(await ask(password), 200, "it has the password");
            await assert.rejects(ask(password.replace(/.$/, "x")), /ECONNRESET|socket hang up/);
        } finally {
            await proxy.close();
            await rm(directory, { recursive: true });
        }
    });
});
