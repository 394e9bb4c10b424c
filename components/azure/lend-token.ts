import { randomBytes, timingSafeEqual } from "node:crypto";
import * as net from "node:net";
import * as pulumi from "@pulumi/pulumi";

/** Gives an access token that is valid now. */
export type TokenSource = () => Promise<string>;

/**
 * Lends access tokens to a dynamic provider, which is a process of its own and is given nothing but inputs. The engine
 * keeps inputs in the state, where a token does not belong: what is kept is the address that this gives, at which
 * nobody answers any more once the program has ended.
 */
export function lendToken(source: TokenSource): pulumi.Output<string> {
    const key = randomBytes(32);
    const server = net.createServer((socket) => {
        const given: Buffer[] = [];
        socket.on("error", () => socket.destroy());
        socket.on("data", (chunk) => {
            given.push(chunk);
            const said = Buffer.concat(given);
            if (said.length < key.length) {
                return;
            }
            if (said.length > key.length || !timingSafeEqual(said, key)) {
                socket.destroy();
                return;
            }
            source().then(
                (token) => socket.end(JSON.stringify({ token })),
                (error: unknown) => socket.end(JSON.stringify({ problem: String(error) })),
            );
        });
    });
    // What waits for the provider keeps the program running, not this.
    server.unref();
    const address = new Promise<string>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            resolve(`${(server.address() as net.AddressInfo).port}/${key.toString("hex")}`);
        });
    });
    return pulumi.secret(address);
}
