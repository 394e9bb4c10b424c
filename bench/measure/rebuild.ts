import { type Bench, stack } from "../bench";
import type { Measurement, Result } from "../measurement";

/** How long a stack takes that comes back after everything replaceable is gone. */
export const rebuild: Measurement = {
    name: "rebuild",
    title: "A rebuild, against a cold start",
    run: measure,
};

async function measure(bench: Bench): Promise<Result> {
    const { checkout, coldStart } = await bench.platform();
    bench.log("destroy of the replaceable half");
    const destroy = ["destroy", "--exclude-protected", "--yes", "--skip-preview"];
    await checkout.output("pulumi", "--stack", stack, ...destroy);
    bench.log("rebuild");
    const again = await bench.start(checkout);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    return {
        tables: [
            {
                head: ["`npm start`", "time", "commits"],
                rows: [
                    ["of an empty world", seconds(coldStart.ms), String(coldStart.git.commits)],
                    ["after `pulumi destroy --exclude-protected`", seconds(again.ms), String(again.git.commits)],
                ],
            },
        ],
        ratios: [
            {
                name: "rebuild / cold start",
                value: again.ms / coldStart.ms,
                aim: 1.2,
                why: "The layers take as long as the first time.",
            },
        ],
        notes: ["Without data: nothing is restored from backups."],
    };
}
