import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkDisk, ensureToolchain, freeMemory, removeToolchain } from "..";

describe("the cache of programs", () => {
    const before = process.env.LANDFALL_CACHE;
    let cache: string;

    beforeEach(() => {
        cache = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-cache-"));
        process.env.LANDFALL_CACHE = cache;
    });
    afterEach(() => {
        if (before === undefined) {
            delete process.env.LANDFALL_CACHE;
        } else {
            process.env.LANDFALL_CACHE = before;
        }
        fs.rmSync(cache, { recursive: true });
    });

    /** A program in the cache as the toolchain would put it there. */
    function addProgram(): string {
        const program = path.join(cache, "toolchain/0123456789abcdef/bin/sleep");
        fs.mkdirSync(path.dirname(program), { recursive: true });
        fs.copyFileSync("/bin/sleep", program);
        return program;
    }

    async function refusedWhile(command: string, args: readonly string[]): Promise<void> {
        const child = spawn(command, args, { argv0: "sleep", stdio: "ignore" });
        await once(child, "spawn");
        try {
            const used = new RegExp(`toolchain is in use by process ${child.pid} \\(.*sleep.*\\): end it`);
            await assert.rejects(removeToolchain(), used);
        } finally {
            child.kill();
            await once(child, "close");
        }
    }

    it("is not one that other users may write to", async () => {
        fs.chmodSync(cache, 0o777);
        const build = ensureToolchain({ only: [], log: () => undefined });
        await assert.rejects(build, /landfall-cache-\w+ is not yours alone, .*set LANDFALL_CACHE/);
    });

    it("is removed with what it held, and nothing beside it", async () => {
        const program = addProgram();
        fs.writeFileSync(path.join(cache, "other"), "");
        const { blocks } = fs.statSync(program);
        const removed = await removeToolchain();
        assert.equal(removed?.folder, path.join(cache, "toolchain"));
        assert.ok(removed.bytes >= blocks * 512 && removed.bytes < blocks * 512 + 100_000, String(removed.bytes));
        assert.deepEqual(fs.readdirSync(cache), ["other"]);
        assert.equal(await removeToolchain(), undefined);
    });

    it("stays while a process runs one of its programs, was given one, or builds them", async () => {
        const program = addProgram();
        await refusedWhile(program, ["60"]);
        await refusedWhile("/bin/sh", ["-c", "sleep 60; true", program]);
        fs.writeFileSync(path.join(cache, "toolchain/0123456789abcdef/lock"), String(process.ppid));
        await assert.rejects(removeToolchain(), new RegExp(`in use by process ${process.ppid} `));
        assert.ok(fs.existsSync(program));
    });

    it("needs room on every disk that it is on, which is said beforehand", async () => {
        const needs = [
            { folder: path.join(cache, "not/there/yet"), bytes: 3e6 },
            { folder: cache, bytes: 4e6 },
        ];
        const [line = "", ...more] = await checkDisk("It", needs, "make room");
        assert.match(line, /^7 MB in \S+yet, \S+ \(\d+\.\d GB are free\)$/);
        assert.deepEqual(more, []);
        const tooMuch = checkDisk("It", [...needs, { folder: cache, bytes: 1e18 }], "make room");
        await assert.rejects(
            tooMuch,
            /^ToolchainError|It takes 1000000000\.0 GB of disk in .* where .* are free; make room/,
        );
    });

    it("counts the memory that programs could have, not all that there is", () => {
        assert.ok(freeMemory() > 0 && freeMemory() <= os.totalmem());
    });
});
