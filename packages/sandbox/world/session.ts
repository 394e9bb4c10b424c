import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import type { AzureOperation } from "../engine/time-on-azure";
import type { ChatMessage } from "../slack/slack";
import { checkOwnFile, checkOwnFolder } from "./own-folder";

/** What the commands know of a running sandbox. */
export interface Session {
    /** The background process that holds the sandbox's world. */
    readonly pid: number;
    /** Environment of everything that a deployer runs: credentials, proxies, certificate authority. Secret. */
    readonly environment: Readonly<Record<string, string>>;
    /** What differs of it for who may only preview. Secret. */
    readonly previewerEnvironment: Readonly<Record<string, string>>;
    /** Lets somebody push to the public registries, as the publisher of what is there. Secret. */
    readonly publisherToken: string;
    readonly binaries: string;
    readonly fleetRepositories: string;
    /** Which charts its registries serve. */
    readonly charts: ChartSet;
}

/** Stand-ins that the sandbox makes, or archives that were pulled from where they are published. */
type ChartSet = "stand-ins" | "published";

/** What the background process answers about itself. */
export interface WorldStatus {
    readonly calls: { readonly azure: number; readonly github: number };
    readonly clusters: readonly {
        readonly name: string;
        readonly fqdn: string;
        readonly adminKubeconfig: string;
        readonly processes: readonly { readonly name: string; readonly pid: number }[];
    }[];
    /** What the stand-in for Azure did so far, the first first. */
    readonly azureOperations: readonly AzureOperation[];
    /** Type of each resource in Azure. */
    readonly azureResources: readonly string[];
    /** Its id, in the same order. */
    readonly azureIds: readonly string[];
    /** What bots wrote to channels of Slack, the first first. */
    readonly messages: readonly ChatMessage[];
    /** Those that the deployer or a pod asked for. */
    readonly unknownHosts: readonly string[];
}

/** Where a sandbox works. */
export interface Workspace {
    /** The repository whose program, stack files and manifests it runs. */
    readonly repository: string;
    /** The folder that holds everything of its own, and that `down` removes. */
    readonly directory: string;
}

/**
 * The folder that holds everything of a sandbox, and that `down` removes: `LANDFALL_SANDBOX`, or one in the temporary
 * folder. Short on purpose: gpg-agent's socket lies below it, and a socket's path has 108 characters at most.
 */
export function sandboxDirectory(): string {
    return process.env.LANDFALL_SANDBOX ?? path.join(os.tmpdir(), `landfall-${os.userInfo().username}`);
}

/**
 * The session of a sandbox; undefined if there is none.
 *
 * @throws SandboxError if the folder or the file is one that somebody else may have made or changed.
 */
export function readSession(directory: string): Session | undefined {
    const file = path.join(directory, "session.json");
    checkOwnFolder(directory);
    return checkOwnFile(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Session) : undefined;
}

export function writeSession(directory: string, session: Session): void {
    const file = path.join(directory, "session.json");
    fs.writeFileSync(`${file}.new`, JSON.stringify(session), { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
}

export function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

export function controlSocket(directory: string): string {
    return path.join(directory, "control.sock");
}

/** Asks the background process. Throws if it does not answer. */
export function control<Answer>(directory: string, method: "GET" | "POST", url: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const request = http.request({ socketPath: controlSocket(directory), method, path: url }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () => {
                const text = Buffer.concat(chunks).toString("utf8");
                if (response.statusCode === 200) {
                    resolve(JSON.parse(text) as Answer);
                } else {
                    reject(new Error(`the sandbox answers ${response.statusCode}: ${text}`));
                }
            });
        });
        request.on("error", reject);
        request.end();
    });
}
