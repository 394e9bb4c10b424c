import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");

/** Says at its end which packages the command has loaded. */
const probe = `
process.on("exit", () => {
    const packages = Object.keys(require.cache).flatMap((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? []);
    console.log(JSON.stringify([...new Set(packages)]));
});
require("./tools/sandbox/cli.ts");
`;

/** What compiles the command, and what reads the stacks' files. */
const allowed = ["tsx", "esbuild", "yaml"];

function packagesOf(...command: string[]): string[] {
    const args = ["--require", "./tools/typescript.cjs", "-e", probe, "cli", ...command];
    const env = { ...process.env, LANDFALL_SANDBOX: path.join(root, "no-sandbox") };
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
    assert.match(stderr, /No sandbox runs in/);
    return JSON.parse(stdout) as string[];
}

describe("a command of the sandbox", () => {
    for (const command of ["git", "kubectl", "pulumi", "exec"]) {
        it(`loads for ${command} no package that takes long, since people and tests type it often`, () => {
            assert.deepEqual(
                packagesOf(command).filter((name) => !allowed.includes(name)),
                [],
            );
        });
    }
});
