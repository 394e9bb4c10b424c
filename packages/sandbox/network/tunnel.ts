import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Opens a TCP connection. Rejects with the system's error (ECONNREFUSED and the like). */
export function dial(target: { host: string; port: number }): Promise<Socket> {
    return new Promise((resolve, reject) => {
        const socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
        socket.once("error", reject);
        socket.once("connect", () => {
            socket.off("error", reject);
            resolve(socket);
        });
    });
}

/** Passes bytes both ways, untouched, until both sides have ended or one of them fails. */
export function splice(client: Duplex, upstream: Duplex): void {
    const destroyBoth = () => {
        client.destroy();
        upstream.destroy();
    };
    client.on("error", destroyBoth);
    upstream.on("error", destroyBoth);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
}
