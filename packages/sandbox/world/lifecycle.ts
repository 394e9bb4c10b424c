import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureToolchain } from "@landfall/toolchain";
import type { ArchiveFile } from "../charts/charts";
import { clearCluster } from "../cluster/clear-cluster";
import { SandboxError } from "../sandbox-error";
import { checkOwnFile, makeOwnFolder } from "./own-folder";
import { control, isAlive, readSession, type Session, type Workspace } from "./session";

/** Starts the sandbox's background process unless it runs already: with stand-ins for charts, or these archives. */
export async function ensureRunning(
    { repository, directory }: Workspace,
    port: number,
    archives?: readonly ArchiveFile[],
): Promise<{ session: Session; started: boolean }> {
    const charts = archives === undefined ? "stand-ins" : "published";
    const running = readSession(directory);
    if (running && isAlive(running.pid)) {
        const own = Number(new URL(running.environment.HTTPS_PROXY ?? "").port);
        if (port !== 0 && port !== own) {
            throw new SandboxError(
                `--port ${port}: the sandbox in ${directory} runs already, with its proxy on port ${own}; npm run sandbox -- down first`,
            );
        }
        if (running.charts !== charts) {
            throw new SandboxError(
                `--charts ${charts}: the sandbox in ${directory} runs already, with --charts ${running.charts}; npm run sandbox -- down first`,
            );
        }
        return { session: running, started: false };
    }
    if (running) {
        throw new SandboxError(
            `The sandbox in ${directory} has lost its background process (${running.pid}); see ${path.join(directory, "daemon.log")}, then: npm run sandbox -- down`,
        );
    }
    const toolchain = await ensureToolchain({ log: (line) => console.error(line) });
    makeOwnFolder(directory);
    fs.writeFileSync(path.join(directory, "passphrase"), randomBytes(24).toString("hex"), { mode: 0o600 });
    const log = fs.openSync(path.join(directory, "daemon.log"), "a", 0o600);
    const args = [
        repository,
        directory,
        toolchain.binaries,
        toolchain.fluxDistribution,
        toolchain.fluxOperatorSource,
        String(port),
        ...(archives === undefined ? [] : [writeArchives(directory, archives)]),
    ];
    const child = spawn(
        process.execPath,
        ["--require", require.resolve("tsx/cjs"), path.join(__dirname, "daemon.ts"), ...args],
        { detached: true, stdio: ["ignore", log, log] },
    );
    child.unref();
    const session = await waitForSession(directory, child.pid ?? 0);
    return { session, started: true };
}

function writeArchives(directory: string, archives: readonly ArchiveFile[]): string {
    const file = path.join(directory, "charts.json");
    fs.writeFileSync(file, JSON.stringify(archives));
    return file;
}

async function waitForSession(directory: string, pid: number): Promise<Session> {
    for (;;) {
        const session = readSession(directory);
        if (session) {
            return session;
        }
        if (!isAlive(pid)) {
            const log = fs.readFileSync(path.join(directory, "daemon.log"), "utf8").trimEnd().split("\n");
            fs.rmSync(directory, { recursive: true });
            throw new SandboxError(`The sandbox did not start:\n${log.slice(-12).join("\n")}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Ends every process of the sandbox and removes its folder. */
export async function tearDown(directory: string): Promise<void> {
    const session = readSession(directory);
    if (session && isAlive(session.pid)) {
        await control(directory, "POST", "/down");
        while (isAlive(session.pid)) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
    // A background process that was killed leaves its clusters' processes behind.
    const clusters = path.join(directory, "clusters");
    for (const folder of fs.existsSync(clusters) ? fs.readdirSync(clusters) : []) {
        await clearCluster(path.join(clusters, folder));
    }
    fs.rmSync(directory, { recursive: true, force: true });
}

/**
 * Keeps a second `npm start` of the same sandbox out while one runs.
 *
 * @throws SandboxError naming the process that holds the lock, or if the lock is another user's.
 */
export function lock(directory: string): () => void {
    const file = `${directory}.lock`;
    const take = () => fs.writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
    try {
        take();
    } catch {
        checkOwnFile(file);
        const holder = Number(fs.readFileSync(file, "utf8"));
        if (isAlive(holder)) {
            throw new SandboxError(
                `A sandbox is already being started or changed in ${directory} by process ${holder}; wait for it, or set LANDFALL_SANDBOX to another folder`,
            );
        }
        fs.rmSync(file);
        take();
    }
    return () => fs.rmSync(file, { force: true });
}
