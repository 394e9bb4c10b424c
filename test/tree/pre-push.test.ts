import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const hooks = path.join(__dirname, "../../.githooks");

/** Stands in for npm, to say what it is called with: the tool itself has tests of its own. */
const npm = `#!/bin/sh
for folder; do :; done
echo "$1 $2 $3 $4 $5: $(cat "$folder/a.yaml")"
grep -q good "$folder/a.yaml"
`;

describe("The hook before a push", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "tree-push-"));
    const work = path.join(directory, "work");
    const file = path.join(work, "gitops/a.yaml");
    const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", PATH: `${directory}:${process.env.PATH}` };
    const git = (...args: string[]) =>
        spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
            cwd: work,
            env,
            encoding: "utf8",
        });
    const commit = (text: string) => {
        fs.writeFileSync(file, text);
        git("add", ".");
        git("commit", "--no-verify", "--quiet", "--message", text);
    };

    before(() => {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(path.join(directory, "npm"), npm, { mode: 0o755 });
        spawnSync("git", ["init", "--quiet", "--bare", path.join(directory, "remote")], { env });
        git("init", "--quiet", "--initial-branch", "main");
        git("config", "core.hooksPath", hooks);
        git("remote", "add", "origin", path.join(directory, "remote"));
    });
    after(() => fs.rmSync(directory, { recursive: true, force: true }));

    it("refuses a tree with findings, whatever lies in the work tree", () => {
        commit("bad");
        fs.writeFileSync(file, "good");
        const { status, stdout, stderr } = git("push", "origin", "main");
        assert.notEqual(status, 0);
        assert.match(stdout + stderr, /^run --silent tree -- check: bad$/m);
    });

    it("lets a tree without findings through, and the removal of a branch", () => {
        commit("good");
        fs.writeFileSync(file, "bad");
        const pushed = git("push", "origin", "main", "main:other");
        assert.equal(pushed.status, 0, pushed.stderr);
        const removed = git("push", "origin", "--delete", "other");
        assert.equal(removed.status, 0, removed.stderr);
    });
});
