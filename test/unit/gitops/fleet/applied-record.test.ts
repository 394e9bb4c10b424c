import * as assert from "node:assert/strict";
import { parseRecord } from "../../../../components/gitops/fleet/applied-record";

describe("the record of a branch", () => {
    it("is read as the program wrote it", () => {
        const record = {
            stack: "staging",
            files: { "a.yaml": { blob: "abc" }, "b.yaml": { blob: "d", withoutMarkers: "e" } },
        };
        assert.deepEqual(parseRecord(JSON.stringify(record), "acme/fleet, branch staging"), record);
    });

    it("is named with its branch and what to do where it is damaged", () => {
        const conflict = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> staging\n";
        for (const [text, cause] of [
            [conflict, "holds the conflict of a merge"],
            ['{ "stack": "staging", "files": {', "is damaged"],
            ["", "is damaged"],
            ["null", "is damaged"],
            ["[]", "is damaged"],
            ['{ "stack": "staging" }', "is damaged"],
            ['{ "stack": "staging", "files": { "a.yaml": "abc" } }', "is damaged"],
        ] as const) {
            assert.throws(
                () => parseRecord(text, "acme/fleet, branch staging"),
                (error: Error) =>
                    error.message.startsWith(`acme/fleet, branch staging: .landfall.json ${cause}; `) &&
                    error.message.includes("take it back from the last commit of Landfall"),
                text,
            );
        }
    });
});
