import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

function passes(command: string, ...args: string[]): void {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, `${path.basename(command)} ${args.join(" ")}\n${stdout}${stderr}`);
}

const bin = (name: string) => path.join(root, "node_modules/.bin", name);

describe("the repository", () => {
    it("compiles", function () {
        this.timeout(600_000);
        passes(bin("tsc"), "--noEmit");
    });

    it("passes the linter", function () {
        this.timeout(600_000);
        passes(bin("eslint"), ".", "--max-warnings=0");
    });

    it("is formatted", function () {
        this.timeout(600_000);
        passes(bin("prettier"), "--check", "--log-level=warn", ".");
    });

    it("keeps the sandbox out of the program", () => {
        const folders = ["index.ts", "components"];
        const search = ["grep", "-liE", "sandbox|stand-in", "--", ...folders];
        const { status, stdout, stderr } = spawnSync("git", search, { cwd: root, encoding: "utf8" });
        // git grep ends with 1 when it finds nothing, and with more when it fails.
        assert.equal(status, 1, stdout + stderr);
    });
});
