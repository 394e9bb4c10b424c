import * as fs from "node:fs";
import * as http from "node:http";
import type { App } from "../github/apps";
import type { Fault } from "../network/faults";
import { answerOwnUserAlone } from "../network/peer";
import { SandboxError } from "../sandbox-error";
import { controlSocket } from "./session";
import { startWorld, type World } from "./world";

/**
 * The background process of a sandbox: holds its world, and answers the commands on a Unix socket in its folder.
 *
 * Arguments: the repository, the folder, the folder of binaries, the Flux distribution's folder, the Flux Operator's
 * source, the proxy's port (0 for a free one), the file that names published charts, if any.
 */
async function main(): Promise<void> {
    const [
        repository = "",
        directory = "",
        binaries = "",
        fluxDistribution = "",
        fluxOperatorSource = "",
        port,
        archives,
    ] = process.argv.slice(2);
    answerOwnUserAlone();
    const world = await startWorld({
        repository,
        directory,
        binaries,
        fluxDistribution,
        fluxOperatorSource,
        port: Number(port),
        archives,
    });
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= world.stop().finally(() => server.close()));
    const server = http.createServer((request, response) => {
        void answer(world, stop, request.method ?? "", request.url ?? "").then(
            (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
            (error: Error) => response.writeHead(500).end(error.message),
        );
    });
    await new Promise<void>((resolve) => server.listen(controlSocket(directory), resolve));
    fs.chmodSync(controlSocket(directory), 0o600);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.on(signal, () => void stop().then(() => process.exit(0)));
    }
    world.announce();
}

async function answer(world: World, stop: () => Promise<void>, method: string, url: string): Promise<unknown> {
    const { pathname, searchParams } = new URL(url, "http://sandbox");
    if (method === "GET" && url === "/status") {
        return world.status();
    }
    if (method === "POST" && pathname === "/deployer-roles") {
        world.setDeployerRoles(searchParams.getAll("role"));
        return {};
    }
    if (method === "POST" && pathname === "/azure-speed") {
        const speed = searchParams.get("times");
        world.setAzureSpeed(speed === null ? undefined : Number(speed));
        return {};
    }
    if (method === "POST" && pathname === "/github-apps") {
        world.installGitHubApps(JSON.parse(searchParams.get("apps") ?? "[]") as App[]);
        return {};
    }
    if (method === "POST" && pathname === "/faults") {
        world.faults.set(JSON.parse(searchParams.get("faults") ?? "[]") as Fault[]);
        return {};
    }
    if (method === "GET" && url === "/faults") {
        return world.faults.met();
    }
    if (method === "POST" && pathname === "/jobs") {
        const [repository = "", environment = ""] = ["repository", "environment"].map(
            (name) => searchParams.get(name) ?? "",
        );
        return world.startJob({ repository, environment });
    }
    if (method === "POST" && url === "/down") {
        await stop();
        setImmediate(() => process.exit(0));
        return {};
    }
    throw new Error(`no such request: ${method} ${url}`);
}

main().catch((error: unknown) => {
    console.error(error instanceof SandboxError ? error.message : error);
    process.exit(1);
});
