import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { treeRoot } from "../../support/tree";

interface Transpiler {
    transpile(source: string, options: { fileName: string }): { outputText: string; diagnostics?: unknown[] };
}

describe("the program as Pulumi loads it", () => {
    const repositoryRoot = path.dirname(treeRoot);
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, sourceMap: true };
    const fileName = path.join(repositoryRoot, "components", `kept-${process.pid}.ts`);
    const kept = path.join(
        repositoryRoot,
        `node_modules/.cache/landfall/program/components%kept-${process.pid}.ts.json`,
    );
    const own = path.join(repositoryRoot, "tools/program/kept-transpiler.cjs");
    const loaded = (file: string) => (createRequire(__filename)(file) as { create: (of: object) => Transpiler }).create;
    const transpiler = loaded(own)({ service: { config: { options } } });

    afterEach(() => fs.rmSync(kept, { force: true }));

    const transpile = (source: string) => transpiler.transpile(source, { fileName });
    const one = "export const one: number = 1;\n";

    it("is what TypeScript makes of it", () => {
        const { outputText } = ts.transpileModule(one, { fileName, compilerOptions: options });
        assert.equal(transpile(one).outputText, outputText);
        assert.equal(transpile(one).outputText, outputText, "the second time");
    });

    it("is not made again until a file changes", () => {
        transpile(one);
        const content = fs.readFileSync(kept, "utf8");
        fs.writeFileSync(kept, content.replace("exports.one = 1", "exports.one = 'kept'"));
        assert.match(transpile(one).outputText, /'kept'/);
        assert.match(transpile("export const one: number = 2;\n").outputText, /exports\.one = 2/);
    });

    it("is shared by copies of the repository that have the same packages", () => {
        const copy = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-copy-"));
        const file = path.join(copy, "tools/program/kept-transpiler.cjs");
        fs.cpSync(path.join(repositoryRoot, "tools/program/kept-transpiler.cjs"), file);
        fs.symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(copy, "node_modules"));
        const inPlace = (root: string) => ({ ...options, outDir: path.join(root, ".ts-node") });
        const sources = { fileName: path.join(copy, path.relative(repositoryRoot, fileName)) };
        const ofCopy = loaded(file)({ service: { config: { options: inPlace(copy) } } });
        loaded(own)({ service: { config: { options: inPlace(repositoryRoot) } } }).transpile(one, { fileName });
        fs.writeFileSync(kept, fs.readFileSync(kept, "utf8").replace("exports.one = 1", "exports.one = 'kept'"));
        assert.match(ofCopy.transpile(one, sources).outputText, /'kept'/);
        fs.rmSync(copy, { recursive: true });
    });

    it("is made anew of a file that was kept half", () => {
        transpile(one);
        fs.writeFileSync(kept, fs.readFileSync(kept, "utf8").slice(0, 40));
        assert.match(transpile(one).outputText, /exports\.one = 1/);
    });

    it("reports a file that cannot be read each time", () => {
        for (let times = 0; times < 2; times++) {
            assert.ok(transpile("export const = 1;\n").diagnostics?.length);
        }
        assert.equal(fs.existsSync(kept), false);
    });
});
