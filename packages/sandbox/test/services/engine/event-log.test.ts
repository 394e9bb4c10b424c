import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { EventLog, summarize } from "../../../engine/event-log";

const message = (severity: string, text: string) => ({ timestamp: 1, diagnosticEvent: { severity, message: text } });
const summary = { timestamp: 2, summaryEvent: { resourceChanges: { update: 1, same: 3 } } };

describe("the event log", () => {
    let directory: string;
    let file: string;

    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-events-"));
        file = path.join(directory, "events.json");
    });

    afterEach(() => fs.rmSync(directory, { recursive: true }));

    it("never holds a debug message, in which a secret may be, while the engine runs either", async () => {
        const log = new EventLog(file);
        const engine = await fs.promises.open(log.pipe, "r+");
        const events = [message("debug", "the deploy key"), message("info", "Flux"), summary];
        await engine.write(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
        const all = () => fs.readdirSync(directory).filter((name) => !name.endsWith(".pipe"));
        assert.deepEqual(all(), ["events.json"]);
        assert.doesNotMatch(fs.readFileSync(file, "utf8"), /deploy key/);
        await engine.close();
        await log.close();
        assert.equal(fs.readFileSync(file, "utf8"), `${JSON.stringify(events[1])}\n${JSON.stringify(summary)}\n`);
        assert.equal(summarize(file, 0, 0).changes.update, 1);
        assert.deepEqual(fs.readdirSync(directory), ["events.json"]);
    });

    it("is empty when the engine never wrote", async () => {
        const log = new EventLog(file);
        await log.close();
        assert.equal(fs.readFileSync(file, "utf8"), "");
        assert.deepEqual(summarize(file, 0, 0).changes, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    });
});
