import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { disasters } from "../../tools/drill/disasters/all";
import { isRehearsed } from "../../tools/drill/disasters/disaster";
import { page, secondsOn } from "../../tools/drill/disasters/page";

const root = path.join(__dirname, "../..");
const file = path.join(root, "docs/disasters.md");

describe("docs/disasters.md", () => {
    const text = fs.readFileSync(file, "utf8");

    it("is what the drill writes for its disasters", async () => {
        assert.equal(text, await page(disasters, secondsOn(text)), "npm run drill -- disasters NAME… writes it anew");
    });

    it("names each disaster once, and tests that there are", () => {
        const names = disasters.map(({ name }) => name);
        assert.deepEqual(names, [...new Set(names)]);
        const tests = disasters.flatMap((disaster) => (isRehearsed(disaster) ? [] : (disaster.test ?? [])));
        assert.ok(tests.length > 0);
        tests.forEach((test) => assert.ok(fs.existsSync(path.join(root, test)), test));
    });

    it("keeps the seconds of what is not rehearsed again", async () => {
        const [first] = disasters.filter(isRehearsed);
        const name = first?.name ?? "";
        assert.deepEqual(secondsOn(await page(disasters, { [name]: "42" })), { [name]: "42" });
    });
});
