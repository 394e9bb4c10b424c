import * as assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkConfigCommand } from "../../../engine/stack-file";
import { releaseStack } from "../../../engine/stack-lock";
import { SandboxError } from "../../../sandbox-error";

describe("a stack's lock", () => {
    let directory: string;

    beforeEach(() => void (directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-lock-"))));
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    /** A lock as the engine writes it. */
    function lock(pid: number, stack = "staging"): string {
        const folder = path.join(directory, "pulumi/.pulumi/locks/organization/landfall", stack);
        fs.mkdirSync(folder, { recursive: true });
        const file = path.join(folder, "0f9c.json");
        const content = { pid, username: "me", hostname: os.hostname(), timestamp: "2026-01-01T00:00:00Z" };
        fs.writeFileSync(file, JSON.stringify(content));
        return file;
    }

    it("is removed when its process is gone, and it is said whose it was", () => {
        const { pid } = spawnSync("true");
        const [mine, others] = [lock(pid), lock(pid, "production")];
        const [line = ""] = releaseStack(directory, "staging");
        assert.match(line, new RegExp(`gone \\(process ${pid}, since 2026-01-01T00:00:00Z\\)`));
        assert.deepEqual([fs.existsSync(mine), fs.existsSync(others)], [false, true]);
        assert.deepEqual(releaseStack(directory, "staging"), []);
    });

    it("is removed when another program has the number of its process by now", () => {
        lock(process.pid);
        assert.equal(releaseStack(directory, "staging").length, 1);
    });

    it("stops the command while the pulumi that holds it runs", async () => {
        const pulumi = path.join(directory, "pulumi-program", "pulumi");
        fs.mkdirSync(path.dirname(pulumi));
        fs.copyFileSync("/bin/sleep", pulumi);
        fs.chmodSync(pulumi, 0o700);
        const child = spawn(pulumi, ["60"]);
        await new Promise((resolve) => child.once("spawn", resolve));
        try {
            const file = lock(child.pid ?? 0);
            assert.throws(
                () => releaseStack(directory, "staging"),
                (error: Error) => error instanceof SandboxError && error.message.includes(`process ${child.pid}`),
            );
            assert.ok(fs.existsSync(file));
        } finally {
            child.kill();
            await new Promise((resolve) => child.once("exit", resolve));
        }
    });
});

describe("pulumi config in the sandbox", () => {
    it("is refused where it would be lost, and names the file to change", () => {
        for (const args of [
            ["config", "set", "landfall:clusterTier", "Standard"],
            ["config", "rm", "landfall:domain"],
            ["config", "set", "--secret", "github:token"],
        ]) {
            assert.throws(() => checkConfigCommand("staging", args), /would be lost: .*Pulumi\.staging\.yaml/);
        }
    });

    it("changes the decryption key, and shows the others", () => {
        for (const args of [
            ["config", "set", "--secret", "landfall:sopsPgpPrivateKey"],
            ["config", "rm", "sopsPgpPrivateKey"],
            ["config"],
            ["config", "get", "landfall:clusterTier"],
            ["up"],
        ]) {
            assert.doesNotThrow(() => checkConfigCommand("staging", args));
        }
    });
});
