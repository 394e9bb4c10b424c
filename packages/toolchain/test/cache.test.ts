import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ensureToolchain } from "..";

describe("the cache of programs", () => {
    it("is not one that other users may write to", async () => {
        const cache = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-cache-"));
        const before = process.env.LANDFALL_CACHE;
        fs.chmodSync(cache, 0o777);
        process.env.LANDFALL_CACHE = cache;
        try {
            const build = ensureToolchain({ only: [], log: () => undefined });
            await assert.rejects(build, /landfall-cache-\w+ is not yours alone, .*set LANDFALL_CACHE/);
        } finally {
            if (before === undefined) {
                delete process.env.LANDFALL_CACHE;
            } else {
                process.env.LANDFALL_CACHE = before;
            }
            fs.rmSync(cache, { recursive: true });
        }
    });
});
