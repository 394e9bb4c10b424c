import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import {
    type AuthContext,
    type Connection,
    type PublicKeyAuthContext,
    Server,
    type ServerChannel,
    type Session,
    utils,
} from "ssh2";
import { keyOwner } from "./deploy-keys";
import { type Git, gitEnvironment } from "./git";
import type { HostKey } from "./host-keys";
import { judgePush } from "./push";
import type { DeployKey, Repository, Store } from "./store";

export interface SshServer {
    readonly port: number;
    close(): Promise<void>;
}

interface Options {
    readonly store: Store;
    readonly keys: readonly HostKey[];
    /** Folder of the pre-receive hook. */
    readonly hooks: string;
    git(repository: Repository): Git;
}

interface Login {
    readonly repository: Repository;
    readonly key: DeployKey;
}

/**
 * git over ssh as github.com has it: the user is `git`, the credential is a deploy key that is registered at that
 * moment, and the commands are git-upload-pack and git-receive-pack on the repository of that key. Listens on
 * 127.0.0.1.
 */
export async function startSshServer(options: Options): Promise<SshServer> {
    const connections = new Set<Connection>();
    const server = new Server(
        { hostKeys: options.keys.map((key) => key.privateKey), ident: "sandbox" },
        (connection) => {
            connections.add(connection);
            connection.once("close", () => connections.delete(connection));
            // A client that hangs up in the middle is not a failure of the server.
            connection.on("error", () => connection.end());
            serve(connection, options);
        },
    );
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return {
        port,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                for (const connection of connections) {
                    connection.end();
                }
            }),
    };
}

function serve(connection: Connection, options: Options): void {
    let login: Login | undefined;
    connection.on("authentication", (context) => {
        login =
            context.method === "publickey" && context.username === "git" ? identify(context, options.store) : undefined;
        if (login) {
            context.accept();
        } else {
            deny(context);
        }
    });
    connection.on("ready", () => {
        connection.on("session", (accept) => {
            if (login) {
                session(accept(), login, options);
            }
        });
    });
}

const deny = (context: AuthContext): void => context.reject(["publickey"]);

/** The registered key that the client has proved to hold, or asks about before it signs. */
function identify(context: PublicKeyAuthContext, store: Store): Login | undefined {
    const found = keyOwner(store, `${keyType(context.key.data)} ${context.key.data.toString("base64")}`);
    if (!found) {
        return undefined;
    }
    if (!context.signature || !context.blob) {
        return found;
    }
    const key = utils.parseKey(found.key.key);
    // An RSA signature without a SHA-2 hash is SHA-1, which github.com no longer takes.
    if (key instanceof Error || (key.type === "ssh-rsa" && context.hashAlgo === undefined)) {
        return undefined;
    }
    return key.verify(context.blob, context.signature, context.hashAlgo) ? found : undefined;
}

/** The type that is written inside a public key: what the client calls its algorithm may name a signature instead. */
function keyType(data: Buffer): string {
    const length = data.length < 4 ? 0 : data.readUInt32BE(0);
    return data.subarray(4, 4 + length).toString();
}

function session(session: Session, login: Login, options: Options): void {
    let protocol: string | undefined;
    session.on("env", (accept, reject, info) => {
        const { key, val } = info;
        if (key === "GIT_PROTOCOL" && /^[\w=:.-]+$/.test(val)) {
            protocol = val;
        }
        // The client does not always want an answer.
        (protocol === undefined ? (reject as (() => void) | undefined) : (accept as (() => void) | undefined))?.();
    });
    session.on("shell", (accept) => {
        const { owner, name } = login.repository;
        const hello = `Hi ${owner}/${name}! You've successfully authenticated, but GitHub does not provide shell access.\n`;
        finish(accept(), 1, hello);
    });
    session.on("exec", (accept, _reject, { command }) => {
        const channel = accept();
        const [, service, path] = /^git[- ](upload-pack|receive-pack) '?\/?([^']+?)'?$/.exec(command) ?? [];
        if (service === undefined || path === undefined) {
            finish(channel, 1, `Invalid command: '${command}'\n  You appear to be using ssh to clone a git:// URL.\n`);
            return;
        }
        const refused = refusalOf(options.store, login, service, path);
        if (refused !== undefined) {
            finish(channel, 1, refused);
            return;
        }
        login.key.lastUsed = new Date().toISOString().replace(/\.\d+Z$/, "Z");
        run(channel, login.repository, service, protocol, options);
    });
}

function refusalOf(store: Store, { repository, key }: Login, service: string, path: string): string | undefined {
    const [owner, name] = path.replace(/\.git$/, "").split("/");
    const asked = store.find(owner ?? "", name ?? "") ?? store.findFormer(owner ?? "", name ?? "");
    // Another repository is not even admitted to exist; a key that was taken away meanwhile opens nothing.
    if (asked !== repository || !repository.keys.includes(key)) {
        return "ERROR: Repository not found.\nfatal: Could not read from remote repository.\n\n";
    }
    if (service === "upload-pack") {
        return undefined;
    }
    if (repository.settings.archived === true) {
        return "ERROR: This repository was archived so it is read-only.\n";
    }
    return key.readOnly ? "ERROR: The key you are authenticating with has been marked as read only.\n" : undefined;
}

function finish(channel: ServerChannel, code: number, message = ""): void {
    if (message !== "") {
        channel.stderr.write(message);
    }
    channel.exit(code);
    channel.end();
}

function run(
    channel: ServerChannel,
    repository: Repository,
    service: string,
    protocol: string | undefined,
    options: Options,
): void {
    const path = options.store.path(repository);
    const settings = service === "receive-pack" ? ["-c", `core.hooksPath=${options.hooks}`] : [];
    const env = { ...gitEnvironment(path), ...(protocol !== undefined && { GIT_PROTOCOL: protocol }) };
    const child = spawn("git", [...settings, service, path], {
        env,
        stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    judgePush(child.stdio[3] as Duplex, repository, options.git(repository), "deployKey");
    connect(channel, child);
}

function connect(channel: ServerChannel, child: ChildProcess): void {
    channel.pipe(child.stdin!);
    child.stdin!.on("error", () => channel.unpipe(child.stdin!));
    child.stdout!.pipe(channel, { end: false });
    child.stderr!.pipe(channel.stderr, { end: false });
    child.once("error", (error) => finish(channel, 128, `git could not be started: ${error.message}\n`));
    child.once("close", (code) => finish(channel, code ?? 128));
    channel.once("close", () => child.kill());
}
