import * as net from "node:net";

/**
 * A port of 127.0.0.1 that nobody listens on, below those that the system hands out by itself (32768 and up on Linux).
 */
export async function freePort(): Promise<number> {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 12_000);
        if (!(await isOpen(port))) {
            return port;
        }
    }
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(): Promise<{ port: number; close: () => Promise<void> }> {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as net.AddressInfo;
    return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Whether somebody listens on a port of 127.0.0.1. */
export function isOpen(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => resolve(false));
    });
}
