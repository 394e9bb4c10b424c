import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

function passes(command: string, ...args: string[]): void {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, `${path.basename(command)} ${args.join(" ")}\n${stdout}${stderr}`);
}

const bin = (name: string) => path.join(root, "node_modules/.bin", name);

describe("the repository", () => {
    it("compiles", function () {
        this.timeout(180_000);
        passes(bin("tsc"), "--noEmit");
    });

    it("passes the linter", function () {
        this.timeout(240_000);
        passes(bin("eslint"), ".", "--max-warnings=0");
    });

    it("is formatted", function () {
        this.timeout(120_000);
        passes(bin("prettier"), "--check", "--log-level=warn", ".");
    });

    it("has workflows that actionlint accepts", () => {
        const folder = path.join(root, ".github/workflows");
        const files = fs.readdirSync(folder).map((file) => path.join(folder, file));
        passes(path.join(process.env.LANDFALL_BINARIES ?? "", "actionlint"), "-shellcheck=", "-pyflakes=", ...files);
    });

    it("keeps the sandbox out of the program", () => {
        const folders = ["index.ts", "components"];
        const { stdout } = spawnSync("git", ["grep", "-liE", "sandbox|stand-in", "--", ...folders], {
            cwd: root,
            encoding: "utf8",
        });
        assert.equal(stdout, "");
    });
});
