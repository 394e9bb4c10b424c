import type { KillCount } from "./kill-drill";

/** How a drill was run. */
export interface KillRun {
    readonly stack: string;
    readonly layers: number;
    readonly share: number;
    readonly seed: number;
    readonly minutes: number;
    readonly counts: readonly KillCount[];
}

const moments = ["before", "between", "after"] as const;

/** `docs/kill-points.md`. */
export function killPage({ stack, layers, share, seed, minutes, counts }: KillRun): string {
    const sum = (which: "killed" | "points") =>
        counts.reduce((all, count) => all + moments.reduce((some, moment) => some + count[which][moment], 0), 0);
    const rows = counts.map(({ operation, killed, points }) =>
        ["", operation, ...moments.map((moment) => `${killed[moment]} of ${points[moment]}`), ""].join(" | ").trim(),
    );
    return [
        "# Kill points",
        "",
        `\`npm run drill -- kill-points\` writes this page. In a sandbox of its own it brings a stack up, rebuilds it and`,
        "takes its replaceable half away. At the points that it chooses it kills the engine with SIGKILL, and runs the same",
        "command again:",
        "",
        "- **before** a resource operation is begun, as the engine's events say",
        "- **within** one: a request that changes something in Azure or at GitHub is carried out, and its answer is lost",
        "- **after** one, when the engine has said that it is done, and may not have written it down yet",
        "",
        "A point is killed at once, whatever was killed before. After each kill no program of the engine may be left. After",
        "each command the state is compared with Azure and with the deploy keys at GitHub: nothing may be there twice, in one",
        "of them only, or pending. Then an `up` may change nothing. [rebuild.md](rebuild.md#an-update-or-a-destroy-was-killed)",
        "says how it comes to that.",
        "",
        `The last run killed the engine ${sum("killed")} times at different points, of ${sum("points")} that it passed, and all`,
        `converged: stack ${stack} with ${layers} layers, \`--share ${share} --seed ${seed}\`, ${minutes} minutes.`,
        "",
        "| Command | Killed before | within | after |",
        "| ------- | ------------- | ------ | ----- |",
        ...rows,
        "",
        "Writes of the cluster's API are not cut within: the objects of Flux are killed before and after, and Helm's release",
        "in the middle of its installation by kills of what is made at the same time.",
        "",
    ].join("\n");
}
