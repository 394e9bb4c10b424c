import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
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
        passes(bin("tsc"), "--noEmit", "--project", "tools/status/web/page");
    });

    it("passes the linter", function () {
        this.timeout(600_000);
        passes(bin("eslint"), ".", "--max-warnings=0");
    });

    it("is formatted", function () {
        this.timeout(600_000);
        passes(bin("prettier"), "--check", "--log-level=warn", ".");
    });

    it("has no file, export, type or package that nobody uses", function () {
        this.timeout(600_000);
        passes(bin("knip"));
    });

    it("has no module whose name leads to a file of data first, as Node.js looks for .json before .ts", () => {
        const files = execFileSync("git", ["ls-files", "*.ts", "*.json"], { cwd: root, encoding: "utf8" }).split("\n");
        const data = new Set(files.filter((file) => file.endsWith(".json")));
        assert.deepEqual(
            files.filter((file) => file.endsWith(".ts") && data.has(file.replace(/\.ts$/, ".json"))),
            [],
        );
    });

    it("keeps the sandbox out of the program", () => {
        assert.equal(found("sandbox|stand-in", "index.ts", "components"), "");
    });

    it("has no test of the program that waits for a time instead of a condition, as until() does", () => {
        assert.equal(found("setTimeout|setInterval|node:timers|Date\\.now", "test/program", "test/integration"), "");
    });

    it("has no test of the program that makes a Checkout which a failing hook would leave behind", () => {
        assert.equal(found("new Checkout\\(", "test/program"), "");
    });
});

/** The files below some folders that Git knows and whose text matches. */
function found(pattern: string, ...folders: readonly string[]): string {
    const search = ["grep", "--untracked", "-liE", pattern, "--", ...folders];
    const { status, stdout, stderr } = spawnSync("git", search, { cwd: root, encoding: "utf8" });
    // git grep ends with 1 when it finds nothing, and with more when it fails.
    assert.ok(status === 0 || status === 1, stderr);
    return stdout;
}
