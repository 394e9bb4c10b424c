import * as assert from "node:assert/strict";
import * as path from "node:path";
import { ESLint } from "eslint";

const root = path.join(__dirname, "../..");

/** Text that each rule of the dialect refuses, and the file that it would stand in. */
const refused: readonly (readonly [rule: string, text: string, file?: string])[] = [
    ["curly", "if (process.argv.length > 2) process.exit(1);"],
    ["@typescript-eslint/naming-convention", "export const DEFAULT_MINUTES = 15;"],
    ["@typescript-eslint/consistent-type-imports", 'import { Stats } from "node:fs";\nexport type Entry = Stats;'],
    ["@typescript-eslint/no-import-type-side-effects", 'import { type Stats } from "node:fs";\nexport type E = Stats;'],
    ["import-x/order", 'import { a } from "./platform";\nimport { b } from "node:fs";\nexport { a, b };'],
    ["no-restricted-imports", 'import * as fs from "fs";\nfs.rmSync("x");'],
    ["no-restricted-imports", 'import * as assert from "node:assert";\nassert.ok(true);'],
    ["no-restricted-imports", 'import * as azure from "@pulumi/azure-native";\nexport { azure };'],
    ["no-restricted-syntax", 'import assert from "node:assert/strict";\nassert.ok(true);'],
    ["no-restricted-syntax", 'import { ok } from "node:assert/strict";\nok(true);'],
    ["no-restricted-syntax", 'it.only("works", () => undefined);', "test/unit/naming.test.ts"],
    ["no-restricted-syntax", "output.apply((name) => new azure.Vault(name));"],
    ["no-restricted-syntax", "export class Wait extends pulumi.dynamic.Resource {}"],
];

describe("the dialect", () => {
    const rules = new Set(refused.map(([rule]) => rule));
    // These rules need no types, and without types the linter answers at once.
    const eslint = new ESLint({
        cwd: root,
        ruleFilter: ({ ruleId }) => rules.has(ruleId),
        overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    });

    for (const [rule, text, file = "components/platform.ts"] of refused) {
        it(`refuses ${text.split("\n")[0]}`, async function () {
            this.timeout(60_000);
            const [result] = await eslint.lintText(`${text}\n`, { filePath: path.join(root, file) });
            assert.deepEqual(
                result?.messages.map(({ ruleId, message }) => ruleId ?? message),
                [rule],
            );
        });
    }
});
