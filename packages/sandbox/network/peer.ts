import { EventEmitter } from "node:events";
import * as fs from "node:fs";
import { Server, Socket } from "node:net";

/** The user that this process runs as; undefined where the system has no such numbers. */
const ownUser = process.getuid?.();
/** May do everything anyway. */
const root = 0;

/** The kernel's connections; none where it is not Linux. */
const tables = ["/proc/net/tcp", "/proc/net/tcp6"].filter((file) => fs.existsSync(file));

/**
 * Whether the process at the other end of a loopback connection runs as the user of this one. Every user of a machine
 * can connect to every port of 127.0.0.0/8, and a proxy's client has no name. Linux alone knows whose a connection is;
 * elsewhere everybody is let in.
 */
export function isOwnPeer(socket: Socket, user = ownUser): boolean {
    if (user === undefined || tables.length === 0) {
        return true;
    }
    const peer = userOfPeer(socket);
    return peer === user || peer === root;
}

/** Servers that ask of each connection themselves whose it is. */
const asking = new WeakSet<Server>();

/** Leaves a server out of {@link answerOwnUserAlone}: it asks {@link isOwnPeer} itself. */
export function asksItself<S extends Server>(server: S): S {
    asking.add(server);
    return server;
}

/**
 * Has every port that this process opens answer its own user alone: those of libraries too, which let everybody in
 * that can connect. Servers that are handed connections, and open no port, take what they are given.
 */
export function answerOwnUserAlone(): void {
    const emit = Object.getOwnPropertyDescriptor(EventEmitter.prototype, "emit")!.value as Emit;
    const guarded: Emit = function (this: Server, event, ...args) {
        const [socket] = args;
        if (event === "connection" && socket instanceof Socket && opensPort(this) && !isOwnPeer(socket)) {
            socket.destroy();
            return true;
        }
        return emit.call(this, event, ...args);
    };
    Server.prototype.emit = guarded;
}

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean;

function opensPort(server: Server): boolean {
    const address = server.listening ? server.address() : null;
    return address !== null && typeof address !== "string" && !asking.has(server);
}

/** The user of the socket that is connected with this one; undefined if there is none any more. */
function userOfPeer(socket: Socket): number | undefined {
    const { remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 } = socket;
    const ends = [
        `${hexadecimal(remoteAddress)}:${port(remotePort)}`,
        `${hexadecimal(localAddress)}:${port(localPort)}`,
    ];
    // Linux's proc_net_tcp: sl, local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when, retrnsmt, uid, timeout,
    // inode. An IPv4 address ends its IPv6 form, which a client of both kinds uses.
    const row = new RegExp(`${ends[0]} [0-9A-F]*${ends[1]}(?: +\\S+){4} +(\\d+) +\\d+ +(\\d+)`);
    for (const table of tables) {
        const [, uid, inode] = row.exec(fs.readFileSync(table, "ascii")) ?? [];
        if (uid !== undefined) {
            // A socket that its process has closed is shown as root's, without an inode.
            return inode === "0" ? undefined : Number(uid);
        }
    }
    return undefined;
}

/** The number of an IPv4 address as the kernel prints it: of four bytes in the machine's order. */
function hexadecimal(address: string): string {
    const bytes = Buffer.from(
        address
            .replace(/^::ffff:/, "")
            .split(".")
            .map(Number),
    );
    return (bytes.length === 4 ? bytes.readUInt32LE() : 0).toString(16).toUpperCase().padStart(8, "0");
}

function port(number: number): string {
    return number.toString(16).toUpperCase().padStart(4, "0");
}
