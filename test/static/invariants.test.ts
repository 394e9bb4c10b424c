import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

describe("docs/invariants.md", () => {
    const columns = [...read("docs/invariants.md").matchAll(/^\|[^|]+\|([^|]+)\|$/gm)]
        .map(([, column = ""]) => column.trim())
        .filter((column) => column !== "Proof" && !/^-+$/.test(column));

    it("has a proof for every invariant", () => {
        assert.ok(columns.length > 0);
        assert.deepEqual(
            columns.filter((column) => !/^(the same|`)/.test(column)),
            [],
        );
    });

    it("names files and rules of the linter that exist", () => {
        const rules = read("eslint.config.mjs");
        const isThere = (name: string) =>
            fs.existsSync(path.join(root, name)) || new RegExp(`^ *"?${name}"?:`, "m").test(rules);
        const names = columns.flatMap((column) => [...column.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
        assert.deepEqual(
            names.filter((name) => !isThere(name)),
            [],
        );
    });
});
