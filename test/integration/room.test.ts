import * as assert from "node:assert/strict";
import * as os from "node:os";
import { checkRoom } from "../../tools/sandbox/room";

describe("the room that a stack takes", () => {
    it("is said beforehand, with what is free", async () => {
        const line = await checkRoom(os.tmpdir(), 20e9);
        assert.match(
            line,
            /^A stack takes about \d\.\d GB of memory \(20\.0 GB are free\), and of disk \d\.\d GB in \S+ \(\d+\.\d GB are free\)\.$/,
        );
    });

    it("is refused where there is less memory, with what to end", async () => {
        await assert.rejects(
            checkRoom(os.tmpdir(), 1e9),
            /1\.0 GB are free; end what you can do without: another stack/,
        );
    });
});
