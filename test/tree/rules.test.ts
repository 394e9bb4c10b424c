import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allRules } from "../../tools/tree/all-rules";

const examples = join(__dirname, "rules");
const sources = join(__dirname, "../../tools/tree/rules");

describe("Rules of the tree", () => {
    it("each have a file of their own, and are all applied", () => {
        const files = readdirSync(sources).map((file) => file.replace(/\.ts$/, ""));
        assert.deepEqual(files.sort(), Object.keys(allRules).sort());
    });

    it("are all in docs/tree.md", () => {
        const page = readFileSync(join(__dirname, "../../docs/tree.md"), "utf8");
        const table = page.slice(page.indexOf("| About"), page.indexOf("They are static"));
        const named = [...table.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => name);
        assert.deepEqual(named.sort(), Object.keys(allRules).sort());
    });

    it("each have an example that breaks them", () => {
        for (const rule of Object.keys(allRules)) {
            const text = readFileSync(join(examples, `${rule}.test.ts`), "utf8");
            assert.match(text, new RegExp(`describeRule\\(\\s*"${rule}"`));
            assert.match(text, /\bfinds\b/, `${rule} has an example`);
        }
    });
});
