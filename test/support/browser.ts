import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * A browser without a window: the Chromium or Chrome that is on the PATH. Where there is none, Debian's is installed if
 * this user may.
 *
 * @throws Error that says what to install.
 */
export function startBrowser(): Promise<Browser> {
    const executablePath = found() ?? installed();
    // Chromium's sandbox does not start as root.
    return chromium.launch({ executablePath, args: isRoot() ? ["--no-sandbox"] : [] });
}

function found(): string | undefined {
    const folders = (process.env.PATH ?? "").split(path.delimiter);
    return folders
        .flatMap((folder) => names.map((name) => path.join(folder, name)))
        .find((file) => fs.existsSync(file));
}

function installed(): string {
    const hint = `no browser is on the PATH (${names.join(", ")}); install one: apt-get install chromium`;
    if (!isRoot() || !fs.existsSync("/usr/bin/apt-get")) {
        throw new Error(hint);
    }
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
        const { status, stderr } = spawnSync("apt-get", args, { encoding: "utf8" });
        if (status !== 0) {
            throw new Error(`${hint}\napt-get ${args.join(" ")}: ${stderr}`);
        }
    }
    const file = found();
    if (file === undefined) {
        throw new Error(hint);
    }
    return file;
}

function isRoot(): boolean {
    return process.getuid?.() === 0;
}
