import type { Socket } from "node:net";

const version = 5;
const noAuthentication = 0x00;
const noAcceptableMethod = 0xff;
const connectCommand = 1;

/** Reply codes of RFC 1928, section 6. */
export const socksReply = {
    succeeded: 0,
    notAllowed: 2,
    connectionRefused: 5,
    commandNotSupported: 7,
    addressTypeNotSupported: 8,
} as const;

/**
 * Reads a SOCKS5 greeting and request (RFC 1928; no authentication, CONNECT only) and gives the address asked for. The
 * caller answers with sendSocksReply. Gives undefined when the client asks for something else, was told so, and the
 * connection is over.
 */
export async function readSocksRequest(socket: Socket): Promise<{ host: string; port: number } | undefined> {
    const [clientVersion, methodCount] = await read(socket, 2);
    const methods = await read(socket, methodCount ?? 0);
    if (clientVersion !== version || !methods.includes(noAuthentication)) {
        socket.end(Buffer.from([version, noAcceptableMethod]));
        return undefined;
    }
    socket.write(Buffer.from([version, noAuthentication]));
    const [, command, , addressType] = await read(socket, 4);
    const host = await readAddress(socket, addressType);
    if (host === undefined) {
        sendSocksReply(socket, socksReply.addressTypeNotSupported);
        return undefined;
    }
    const port = (await read(socket, 2)).readUInt16BE(0);
    if (command !== connectCommand) {
        sendSocksReply(socket, socksReply.commandNotSupported);
        return undefined;
    }
    return { host, port };
}

/** Any reply but `succeeded` ends the connection. */
export function sendSocksReply(socket: Socket, reply: number): void {
    const message = Buffer.from([version, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
    if (reply === socksReply.succeeded) {
        socket.write(message);
    } else {
        socket.end(message);
    }
}

async function readAddress(socket: Socket, addressType: number | undefined): Promise<string | undefined> {
    switch (addressType) {
        case 1:
            return [...(await read(socket, 4))].join(".");
        case 3:
            return (await read(socket, (await read(socket, 1)).readUInt8(0))).toString("latin1");
        case 4:
            return (await read(socket, 16)).toString("hex").match(/.{4}/g)?.join(":");
        default:
            return undefined;
    }
}

/** Exactly `length` bytes; what follows them stays in the socket. Rejects when the connection ends before. */
async function read(socket: Socket, length: number): Promise<Buffer> {
    let known: Buffer = Buffer.alloc(0);
    for (;;) {
        if (known.length >= length) {
            if (known.length > length) {
                socket.unshift(known.subarray(length));
            }
            return known.subarray(0, length);
        }
        // All that is there: a stream with something left says at once, again and again, that it can be read.
        const chunk = socket.read() as Buffer | null;
        if (chunk !== null) {
            known = Buffer.concat([known, chunk]);
            continue;
        }
        if (socket.readableEnded || socket.destroyed) {
            throw new Error("The client closed the connection in the middle of its SOCKS request.");
        }
        await new Promise<void>((resolve) => {
            const done = () => {
                for (const event of ["readable", "end", "close"]) {
                    socket.off(event, done);
                }
                resolve();
            };
            for (const event of ["readable", "end", "close"]) {
                socket.on(event, done);
            }
        });
    }
}
