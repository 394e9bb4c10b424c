import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { pluginFile, writeEngineHome } from "../../../plugins/engine-home";
import { otherUser, saidTo } from "../../../testing/other-user";

describe("a plugin", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-killed-"));

    after(() => fs.rmSync(directory, { recursive: true }));

    let plugins: Awaited<ReturnType<typeof writeEngineHome>>;

    before(async () => {
        const userHome = path.join(directory, "none");
        plugins = await writeEngineHome({ directory, pulumi: process.execPath, userHome });
        assert.equal(plugins.length, 6);
    });

    it("answers no other user, and ends when the engine that started it is killed", async () => {
        const other = otherUser();
        for (const plugin of plugins) {
            // Stands for the engine: it starts the plugin, shows the port that the plugin prints, and is killed.
            const engine = spawn("sh", ["-c", '"$0" 127.0.0.1:1 & wait', pluginFile(directory, plugin)], {
                stdio: ["ignore", "pipe", "inherit"],
            });
            const lines = createInterface(engine.stdout)[Symbol.asyncIterator]();
            const address = `127.0.0.1:${(await lines.next()).value}`;
            assert.deepEqual([...(await saidTo([], [address]))], [[address, "answers"]], plugin);
            if (other) {
                assert.deepEqual([...(await saidTo(other, [address]))], [[address, "closed"]], plugin);
            }
            engine.kill("SIGKILL");
            // Nothing but the end of the plugin closes the pipe: it holds the other end.
            await once(engine, "close");
        }
    });

    it("ends when the engine is killed before the plugin runs", async () => {
        for (const plugin of plugins) {
            const engine = spawn(
                "sh",
                ["-c", '"$0" 127.0.0.1:1 & sleep 0.1; echo; wait', pluginFile(directory, plugin)],
                {
                    stdio: ["ignore", "pipe", "inherit"],
                },
            );
            engine.stdout.once("data", () => engine.kill("SIGKILL"));
            await once(engine, "close");
        }
    });
});
