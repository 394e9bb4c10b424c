import type { Bench } from "../bench";
import type { Measurement, Result } from "../measurement";
import { Peer } from "../peer";

/** How long it takes from a cluster without Flux to a tree that is Ready. */
export const start: Measurement = {
    name: "start",
    title: "A cold start, against flux bootstrap",
    run: measure,
};

async function measure(bench: Bench): Promise<Result> {
    const { coldStart } = await bench.platform();
    const seconds = (name: string) => (coldStart.phases.find((phase) => phase.name === name)?.ms ?? 0) / 1000;
    const ours = { install: seconds("flux"), total: seconds("flux") + seconds("layers") };
    const peer = new Peer(bench.quick ? undefined : "all");
    let theirs;
    try {
        bench.log("the same cluster without Flux");
        await peer.prepare();
        bench.log("flux bootstrap git");
        theirs = await peer.bootstrap();
    } finally {
        await peer.remove();
    }
    const row = (name: string, { install, total }: typeof ours) => [
        name,
        `${install.toFixed(1)} s`,
        `${(total - install).toFixed(1)} s`,
        `${total.toFixed(1)} s`,
    ];
    const slowest = `Flux itself took ${ours.install.toFixed(0)} of the ${ours.total.toFixed(0)} s; the layers the rest, most of which are Flux's looks at what becomes healthy.`;
    return {
        tables: [
            {
                head: ["from a cluster to a Ready tree", "Flux", "layers", "both"],
                rows: [row("`pulumi up`", ours), row("`flux bootstrap git`", theirs)],
            },
        ],
        ratios: [{ name: "pulumi up / flux bootstrap", value: ours.total / theirs.total, aim: 0.2, why: slowest }],
        notes: [
            `The whole cold start, from an empty subscription, took ${(coldStart.ms / 1000).toFixed(1)} s.`,
            "The same tree, commit and control plane. The peer has Flux's default settings, and what its users do by hand: keys and variables in the cluster, a deploy key, and patches of Flux in the repository.",
        ],
    };
}
