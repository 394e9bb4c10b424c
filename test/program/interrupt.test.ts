import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { processesOf } from "../support/leaks";
import { freePort, isOpen } from "../support/ports";
import { until } from "../support/until";

describe("Ctrl-C in npm start", function () {
    const checkout = useCheckout(this);

    for (const [moment, reached] of [
        ["while the sandbox starts", "daemon.log"],
        ["while the cluster starts", "clusters"],
    ] as const) {
        it(`leaves no process, no port and no file, ${moment}`, async () => {
            const port = await freePort();
            const running = checkout.launch(["start", "--port", String(port)]);
            const file = path.join(checkout.sandbox, reached);
            await until(`npm start to make ${reached}`, () => fs.existsSync(file), Boolean);
            running.interrupt();
            const { code, output } = await running.ended;
            assert.notEqual(code, 0, output);
            assert.match(output, /Interrupted: taking the sandbox down/);
            // The engine's plugins end by themselves once the engine is gone.
            await until("the last process to end", () => processesOf(checkout.directory), isEmpty);
            assert.equal(await isOpen(port), false);
            assert.equal(fs.existsSync(checkout.sandbox), false);
            assert.equal(fs.existsSync(`${checkout.sandbox}.lock`), false);
        });
    }
});

function isEmpty(list: readonly unknown[]): boolean {
    return list.length === 0;
}
