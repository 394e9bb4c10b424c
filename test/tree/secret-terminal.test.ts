import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { SecretTool } from "../support/secret-tool";

/** What a person types, at a pseudo-terminal of script(1). */
describe("npm run secret, at a terminal", function () {
    this.timeout(60_000);
    const file = "clusters/staging/smtp.sops.yaml";
    let tool: SecretTool;

    before(() => {
        tool = new SecretTool();
        tool.holdDemonstrationKey();
        tool.succeeds("first", "set", "staging", "smtp", "password", "--layer", "apps", "--namespace", "podinfo");
    });
    after(() => tool.remove());

    /** Types at the prompt, once. */
    const typing = (text: string) => {
        let typed = false;
        return (shown: string) => {
            if (typed || !shown.includes("Value of user: ")) {
                return undefined;
            }
            typed = true;
            return text;
        };
    };
    const set = (text: string) => tool.atTerminal(typing(text), "set", "staging", "smtp", "user");
    /** An editor that notes where the text lies and who may read it, and then does as the script says. */
    const editWith = (script: string) => {
        const editor = path.join(tool.directory, "editor");
        const note = `stat -c '%a %n' "$1" "$(dirname "$1")" "$(dirname "$(dirname "$1")")" > '${tool.directory}/note'`;
        fs.writeFileSync(editor, `#!/bin/sh\n${note}\n${script}\n`, { mode: 0o700 });
        tool.environment.SOPS_EDITOR = editor;
        return tool.atTerminal(() => undefined, "edit", "staging", "smtp");
    };
    /** Modes and paths of the text, of its folder, and of the folder that the tool made. */
    const noted = () =>
        fs
            .readFileSync(path.join(tool.directory, "note"), "utf8")
            .trim()
            .split("\n")
            .map((line) => /^(\d+) (.*)$/.exec(line)?.slice(1) ?? []);
    const leftBehind = () => fs.readdirSync("/dev/shm").filter((name) => name.startsWith("landfall-edit-"));

    it("takes a value at a prompt that shows nothing of it, with what is corrected taken back", async () => {
        const { status, shown } = await set("hunter22\u007f\r");
        assert.equal(status, 0, shown);
        assert.match(shown, /Value of user: /);
        assert.doesNotMatch(shown, /hunter|\*/);
        assert.deepEqual(tool.decrypted(file), { password: "first", user: "hunter2" });
    });

    it("changes nothing when the person gives up, or types nothing", async () => {
        const before = tool.read(file);
        for (const [text, answer] of [
            ["secret\u0003", "nothing was changed"],
            ["\r", "the value is empty; nothing was changed"],
        ] as const) {
            const { status, shown } = await set(text);
            assert.notEqual(status, 0);
            assert.ok(shown.includes(answer), shown);
        }
        assert.equal(tool.read(file), before);
    });

    it("edits in memory, in a folder that nobody else can open, and leaves nothing there", async () => {
        const { status, shown } = await editWith(`sed -i 's/password: first/password: plum-pudding/' "$1"`);
        assert.equal(status, 0, shown);
        assert.equal(tool.decrypted(file).password, "plum-pudding");
        const [text, folder, outer] = noted();
        assert.match(text?.[1] ?? "", /^\/dev\/shm\/landfall-edit-/);
        assert.deepEqual([text?.[0], folder?.[0], outer?.[0]], ["600", "700", "700"]);
        assert.deepEqual(leftBehind(), []);
        assert.equal(spawnSync("grep", ["-rl", "plum-pudding", tool.tree], { encoding: "utf8" }).stdout, "");
    });

    it("leaves the file as it was, and nothing in memory, when the editor changes nothing or fails", async () => {
        const before = tool.read(file);
        assert.equal((await editWith("true")).status, 0);
        assert.notEqual((await editWith("exit 3")).status, 0);
        assert.equal(tool.read(file), before);
        assert.deepEqual(leftBehind(), []);
    });

    it("cleans up when the terminal is interrupted in the middle", async () => {
        const before = tool.read(file);
        // Like Ctrl-C at a terminal: to every process of the foreground.
        const { status } = await editWith("kill -INT 0; sleep 5");
        assert.notEqual(status, 0);
        assert.equal(tool.read(file), before);
        assert.deepEqual(leftBehind(), []);
    });
});
