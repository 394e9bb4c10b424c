import { Checkout } from "../../test/support/checkout";
import { chainOf, minutes } from "../../tools/sandbox/report";
import type { Bench } from "../bench";
import type { Measurement, Result } from "../measurement";

/** How long an update takes while Azure takes its recorded time, against the chain of resources that it waits for. */
export const azureTime: Measurement = {
    name: "azure-time",
    title: "A cold start at Azure's recorded speed, against its longest chain",
    run: measure,
};

/** Slow enough for what the engine does beside Azure to hide behind it. */
const speed = 20;

async function measure(bench: Bench): Promise<Result> {
    const { coldStart } = await bench.platform();
    const checkout = new Checkout(bench.quick ? {} : { systems: "all" });
    let slow;
    try {
        checkout.create();
        bench.log(`a cold start at ${speed} times the speed of Azure`);
        slow = await bench.start(checkout, "--azure-time", `${speed}x`);
    } finally {
        await checkout.remove();
    }
    // What Azure added to the start is the time that it was waited for.
    const waited = ((slow.ms - coldStart.ms) / 1000) * speed;
    const total = waited + coldStart.ms / 1000;
    const chain = slow.onAzure.seconds;
    return {
        tables: [
            {
                head: ["from an empty subscription", "time"],
                rows: [
                    ["waited for Azure, and the rest as here", minutes(total)],
                    ["longest chain of resources", minutes(chain)],
                ],
            },
        ],
        ratios: [
            {
                name: "cold start on Azure / longest chain",
                value: total / chain,
                aim: 1.1,
                why: `A second that the two starts differ by for another reason than Azure counts ${speed}-fold.`,
            },
        ],
        notes: [
            `The chain: ${chainOf(slow.onAzure)}.`,
            `Azure's times are recorded ones, ${speed} times as fast. A cold start without them took ${minutes(coldStart.ms / 1000)}.`,
        ],
    };
}
