import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { readYaml } from "../support/fixtures";

const root = path.join(__dirname, "../..");

const { runtime } = readYaml("Pulumi.yaml") as { runtime: { options: { tsconfig: string } } };

// As cmd/run of the Node.js SDK does for a program in TypeScript.
const load = `
const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");
const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
const defaults = { target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true" };
const tsconfig = process.argv[1];
const options = loadTypeScriptCompilerOptions(tsconfig);
require(tsnodeRequire).register({
    compiler: typescriptRequire,
    transpileOnly: options.noCheck,
    project: tsconfig,
    skipProject: false,
    compilerOptions: { ...defaults, ...options },
});
const program = require("./index.ts");
console.log(typeof program, program.length, options.noCheck);
`;

describe("index.ts", () => {
    it("is loaded as Pulumi loads it, without a check of types, and exports the function that Pulumi runs", function () {
        this.timeout(60_000);
        const env = { ...process.env, TS_NODE_PROJECT: undefined };
        assert.equal(
            execFileSync(process.execPath, ["-e", load, runtime.options.tsconfig], {
                cwd: root,
                env,
                encoding: "utf8",
            }),
            "function 0 true\n",
        );
    });
});
