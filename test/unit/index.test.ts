import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

// As cmd/run of the Node.js SDK does for a program in TypeScript, with PULUMI_NODEJS_TRANSPILE_ONLY.
const load = `
const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");
const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
const defaults = { target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true" };
require(tsnodeRequire).register({
    compiler: typescriptRequire,
    transpileOnly: true,
    project: "tsconfig.json",
    skipProject: false,
    compilerOptions: { ...defaults, ...loadTypeScriptCompilerOptions("tsconfig.json") },
});
const program = require("./index.ts");
console.log(typeof program, program.length);
`;

describe("index.ts", () => {
    it("is loaded as Pulumi loads it, and exports the function that Pulumi runs", function () {
        this.timeout(60_000);
        const env = { ...process.env, TS_NODE_PROJECT: undefined };
        assert.equal(
            execFileSync(process.execPath, ["-e", load], { cwd: root, env, encoding: "utf8" }),
            "function 0\n",
        );
    });
});
