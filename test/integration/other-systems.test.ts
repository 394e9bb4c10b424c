import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

describe("another system than Linux", () => {
    let folder: string;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-system-"));
        fs.writeFileSync(
            path.join(folder, "mac.cjs"),
            // The commands alone: compilers look for their own binary of another system.
            'if (/setup\\.mjs$/.test(process.argv[1])) Object.defineProperty(process, "platform", { value: "darwin" });',
        );
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    /** An entry of package.json as npm runs it, with what the system is called there. */
    function run(script: string, ...args: string[]) {
        const { scripts } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
            scripts: Record<string, string>;
        };
        const [, ...command] = scripts[script]!.split(" ");
        const cache = path.join(folder, "cache");
        const env = {
            ...process.env,
            NODE_OPTIONS: `--require=${path.join(folder, "mac.cjs")}`,
            LANDFALL_CACHE: cache,
        };
        const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
            ...{ cwd: root, env },
            encoding: "utf8",
        });
        assert.equal(fs.existsSync(cache), false);
        return { status, output: stdout + stderr };
    }

    for (const script of ["start", "sandbox", "test", "test:unit", "bench"]) {
        it(`is told of the dev container by npm run ${script}, before anything is built`, () => {
            const { status, output } = run(script);
            assert.equal(status, 1, output);
            assert.match(
                output,
                /^This command .* needs Linux, and this is darwin\. Open .* dev container: "Reopen in/,
            );
            assert.equal(output.trim().split("\n").length, 1, output);
        });
    }

    it("is not held back from what needs no sandbox", () => {
        const { status, output } = run("cost", "--stack", "staging");
        assert.equal(status, 0, output);
        assert.match(output, /Stack staging in westeurope/);
    });
});
