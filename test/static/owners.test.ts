import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

describe("CODEOWNERS", () => {
    const lines = fs.readFileSync(path.join(root, ".github/CODEOWNERS"), "utf8").split("\n");

    for (const line of lines.filter((text) => text !== "" && !text.startsWith("#"))) {
        const [pattern = "", ...owners] = line.split(/\s+/);

        it(`names a team for ${pattern}, and a file that is there`, () => {
            assert.ok(owners.length > 0 && owners.every((owner) => /^@[\w-]+\/[\w-]+$/.test(owner)), line);
            const glob = `:(glob)${pattern.replace(/^\//, "").replace(/\/$/, "/**")}`;
            assert.notEqual(execFileSync("git", ["ls-files", "--", glob], { cwd: root, encoding: "utf8" }), "");
        });
    }
});
