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

    const clusterType = "azure-native:containerservice:ManagedCluster";
    const fluxType = "kubernetes:fluxcd.controlplane.io/v1:FluxInstance";
    const step = (op: string, type: string, from: number, to: number) => {
        const metadata = { op, type, urn: `urn:pulumi:staging::landfall::${type}::it` };
        return [
            { timestamp: from, resourcePreEvent: { metadata } },
            { timestamp: to, resOutputsEvent: { metadata } },
        ];
    };
    const summarized = (events: readonly object[], end: number) => {
        fs.writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
        return summarize(file, 0, end * 1000);
    };

    it("ends a phase when its resource is there, not when a replacement deletes or announces it", () => {
        const steps = [
            ...step("delete-replaced", fluxType, 1, 2),
            ...step("delete-replaced", clusterType, 2, 5),
            ...step("replace", clusterType, 5, 5),
            ...step("create-replacement", clusterType, 5, 15),
            ...step("replace", fluxType, 15, 15),
            ...step("create-replacement", fluxType, 15, 35),
        ];
        const { phases, times } = summarized(steps, 100);
        assert.deepEqual(phases, [
            { name: "cluster", ms: 15_000 },
            { name: "flux", ms: 20_000 },
            { name: "layers", ms: 65_000 },
        ]);
        assert.deepEqual([...times.values()], [21, 13], "of every step of a replacement");
    });

    it("has no phase for what a refresh or a destroy does", () => {
        const others = ["same", "refresh", "delete"].flatMap((op) => step(op, clusterType, 1, 2));
        assert.deepEqual(summarized(others, 3).phases, [{ name: "update", ms: 3000 }]);
    });
});
