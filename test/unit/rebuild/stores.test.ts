import * as assert from "node:assert/strict";
import { storeLines } from "../../../tools/rebuild/stores";

describe("storeLines", () => {
    const at = new Date("2026-03-10T12:00:00Z");
    const line = (store: Parameters<typeof storeLines>[0][number]) => storeLines([store], at)[0];

    it("says how old a backup is, in the unit that fits", () => {
        const age = (backupOf: string) => line({ name: "Store", backupOf, from: "daily" });
        assert.equal(age("2026-03-10T11:01:00Z"), "  Store  59 min old: daily");
        assert.equal(age("2026-03-10T02:00:00Z"), "  Store  10 h old: daily");
        assert.equal(age("2026-03-03T12:00:00Z"), "  Store  7 days old: daily");
        assert.equal(age("2026-03-10T12:00:30Z"), "  Store  0 min old: daily", "a clock that is ahead");
    });

    it("tells a backup that is not there from one that could not be looked for", () => {
        assert.equal(line({ name: "Store" }), "  Store  there is no backup: what it holds is lost");
        assert.equal(line({ name: "Store", unknown: "HTTP 403" }), "  Store  not known: HTTP 403");
    });
});
