import * as assert from "node:assert/strict";
import * as path from "node:path";
import { ESLint } from "eslint";

const root = path.join(__dirname, "../..");

/** Who imports what, and whether the borders of eslint.borders.mjs let it. */
const imports: readonly (readonly [file: string, source: string, allowed: boolean])[] = [
    ["index.ts", "./components/platform", true],
    ["index.ts", "./tools/tree/tree", false],
    ["components/platform.ts", "./azure/key-vault", true],
    ["components/platform.ts", "@pulumi/pulumi", true],
    ["components/platform.ts", "@landfall/facts", false],
    ["components/platform.ts", "../packages/facts/index", false],
    ["components/platform.ts", "../tools/tree/tree", false],
    ["components/platform.ts", "../test/support/tree", false],
    ["examples/program/index.ts", "../../components/platform", false],
    ["examples/program/index.ts", "@landfall/facts", false],
    ["packages/facts/index.ts", "./charts/definition", true],
    ["packages/facts/index.ts", "@landfall/toolchain", false],
    ["packages/facts/index.ts", "../../components/platform", false],
    ["packages/toolchain/index.ts", "./toolchain", true],
    ["packages/toolchain/index.ts", "@landfall/facts", false],
    ["packages/toolchain/index.ts", "../sandbox/index", false],
    ["packages/sandbox/index.ts", "@landfall/facts", true],
    ["packages/sandbox/index.ts", "@landfall/toolchain", true],
    ["packages/sandbox/index.ts", "@landfall/toolchain/go", false],
    ["packages/sandbox/index.ts", "../../components/platform", false],
    ["packages/sandbox/index.ts", "../../tools/tree/tree", false],
    ["packages/sandbox/test/services/azure/aks.test.ts", "../../../../../test/support/tree", false],
    ["tools/sandbox/start.ts", "@landfall/sandbox", true],
    ["tools/sandbox/start.ts", "@landfall/sandbox/world/world", false],
    ["tools/sandbox/start.ts", "../../packages/sandbox/world/world", false],
    ["tools/sandbox/start.ts", "../../test/support/tree", false],
    ["tools/tree/check.ts", "@landfall/facts", true],
    ["tools/tree/check.ts", "../../packages/facts/index", false],
    ["tools/tree/check.ts", "@landfall/toolchain/go", false],
    ["tools/tree/check.ts", "@landfall/sandbox", false],
    ["tools/tree/check.ts", "../sandbox/status", false],
    ["tools/secret/check.ts", "@landfall/sandbox", false],
    ["test/program/up.test.ts", "@landfall/sandbox/testing", true],
    ["test/program/up.test.ts", "@landfall/sandbox/github/github", false],
    ["bench/cli.ts", "@landfall/sandbox/github/github", false],
];

describe("the borders of the folders", () => {
    const rules = ["import-x/no-restricted-paths", "import-x/no-relative-packages"];
    // Without the other rules nothing needs types, and the linter answers at once.
    const eslint = new ESLint({
        cwd: root,
        ruleFilter: ({ ruleId }) => rules.includes(ruleId),
        overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    });

    for (const [file, source, allowed] of imports) {
        it(`${file} ${allowed ? "may" : "may not"} import ${source}`, async function () {
            this.timeout(60_000);
            assert.ok(isFile(file, source), `${source} leads to no file, so it would cross no border either`);
            const [result] = await eslint.lintText(`import "${source}";\n`, { filePath: path.join(root, file) });
            const found = (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
            assert.deepEqual(
                found.filter((ruleId) => !rules.includes(ruleId)),
                [],
            );
            assert.equal(found.length === 0, allowed);
        });
    }
});

function isFile(file: string, source: string): boolean {
    const target = source.startsWith(".") ? path.resolve(root, path.dirname(file), source) : source;
    try {
        return require.resolve(target, { paths: [root] }) !== "";
    } catch {
        return false;
    }
}
