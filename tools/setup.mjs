// Runs a TypeScript entry of this repository, after installing its packages if the lock file has changed since.
// Plain Node, because on a fresh clone nothing else is there yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} is too old: install Node 20.19 or newer (nodejs.org).`);
    process.exit(1);
}

const [entry, ...args] = process.argv.slice(2);
const forLinux = [
    "tools/sandbox/cli.ts",
    "test/run.ts",
    "bench/cli.ts",
    "test/pictures/record.ts",
    "tools/drill/cli.ts",
];
if (process.platform !== "linux" && forLinux.includes(entry)) {
    console.error(
        `This command runs a sandbox, which needs Linux, and this is ${process.platform}. Open the repository in its dev container: ` +
            '"Reopen in Container" in VS Code, or "Codespaces" on GitHub; on Windows, WSL 2 works too. There it is the same command.',
    );
    process.exit(1);
}

const modules = path.join(root, "node_modules");
const stamp = path.join(modules, ".landfall-lock");
const lock = createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
// A link leads to packages that somebody else looks after, and npm ci would remove them.
const linked = existsSync(modules) && lstatSync(modules).isSymbolicLink();
if (!linked && (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock)) {
    console.error("Installing packages (npm ci) …");
    const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
    });
    if (install.status !== 0) {
        console.error("npm ci failed; see its messages above.");
        process.exit(install.status ?? 1);
    }
    writeFileSync(stamp, lock);
}

const typescript = path.join(root, "tools/typescript.cjs");
const child = spawn(process.execPath, ["--require", typescript, path.join(root, entry), ...args], {
    stdio: "inherit",
});
// The terminal sends Ctrl-C to the child too; this process only waits for it to clean up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
        if (signal !== "SIGINT") child.kill(signal);
    });
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
