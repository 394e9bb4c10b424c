import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readPair, writeActive } from "../../../tools/switch/active-cluster";

describe("the active cluster in a stack's file", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-switch-"));
    const file = path.join(folder, "Pulumi.test.yaml");

    after(() => fs.rmSync(folder, { recursive: true }));

    const text = (...lines: readonly string[]) => fs.writeFileSync(file, ["config:", ...lines, ""].join("\n"));

    it("is the first where the file names none", () => {
        text("  landfall:clusters: [blue, green]");
        assert.deepEqual(readPair(folder, "test", "green"), { from: "blue", to: "green", active: "blue" });
    });

    it("changes, and nothing else of the file does", () => {
        text("  # Two for a while.", "  landfall:clusters: [blue, green]", '  landfall:kubernetesVersion: "1.36"');
        const before = fs.readFileSync(file, "utf8");
        writeActive(folder, "test", "green");
        const first = "  landfall:clusters";
        const after = (name: string) => before.replace(first, `  landfall:activeCluster: ${name}\n${first}`);
        assert.equal(fs.readFileSync(file, "utf8"), after("green"));
        assert.deepEqual(readPair(folder, "test", "blue"), { from: "green", to: "blue", active: "green" });
        writeActive(folder, "test", "blue");
        assert.equal(fs.readFileSync(file, "utf8"), after("blue"));
    });

    it("is one of the list, and there has to be another to switch from", () => {
        text("  landfall:clusters: [blue, green]");
        assert.throws(() => readPair(folder, "test", "gren"), /--to gren: .*\(blue, green\); did you mean green\?/);
        assert.throws(
            () => readPair(folder, "test", "yellow"),
            /add it, and run pulumi up, which makes it beside blue/,
        );
        text();
        assert.throws(() => readPair(folder, "test", "blue"), /it is the only cluster/);
    });
});
