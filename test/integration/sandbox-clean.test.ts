import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

describe("npm run sandbox -- clean", () => {
    let parent: string;
    let sandbox: string;
    let programs: string;
    let charts: string;

    beforeEach(() => {
        parent = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-clean-"));
        sandbox = path.join(parent, "sb");
        programs = path.join(parent, "cache/toolchain");
        charts = path.join(parent, "cache/charts");
        fs.mkdirSync(programs, { recursive: true });
        fs.writeFileSync(path.join(programs, "program"), Buffer.alloc(2e6, 1));
        fs.mkdirSync(charts);
        fs.writeFileSync(path.join(charts, "chart.tgz"), Buffer.alloc(1e6, 1));
    });
    afterEach(() => fs.rmSync(parent, { recursive: true }));

    function clean() {
        const env = { ...process.env, LANDFALL_SANDBOX: sandbox, LANDFALL_CACHE: path.join(parent, "cache") };
        const command = ["tools/setup.mjs", "tools/sandbox/cli.ts", "clean"];
        const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, env, encoding: "utf8" });
        return { status, output: stdout + stderr };
    }

    /** A sandbox whose background process has this number. */
    function leaveSandbox(pid: number): void {
        fs.mkdirSync(sandbox, { mode: 0o700 });
        const session = { pid, environment: {}, binaries: "", fleetRepositories: "" };
        fs.writeFileSync(path.join(sandbox, "session.json"), JSON.stringify(session), { mode: 0o600 });
        fs.writeFileSync(path.join(sandbox, "daemon.log"), Buffer.alloc(1e6, 1));
    }

    it("gives back the programs, the charts, and a sandbox that nobody runs any more", () => {
        leaveSandbox(spawnSync("true").pid);
        const { status, output } = clean();
        assert.equal(status, 0, output);
        assert.match(
            output,
            /^Removed \S+\/sb \(2 MB\)\nRemoved \S+\/toolchain \(3 MB\)\nRemoved \S+\/charts \(2 MB\)\nFreed 5 MB\.\n.*go clean/,
        );
        assert.deepEqual([sandbox, programs, charts].map(fs.existsSync), [false, false, false]);
        assert.match(clean().output, /^Freed 0 MB\./);
    });

    it("removes nothing while the sandbox runs", () => {
        leaveSandbox(process.pid);
        const { status, output } = clean();
        assert.equal(status, 1);
        assert.match(output, /^A sandbox runs in \S+\/sb, and nothing was removed: npm run sandbox -- down/);
        assert.deepEqual([sandbox, programs, charts].map(fs.existsSync), [true, true, true]);
    });
});
