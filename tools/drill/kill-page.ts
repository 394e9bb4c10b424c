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
        "- **within** one: a request that changes something in Azure or at GitHub is carried out, and its answer is lost; in the",
        "  cluster, 0.2 s after the operation was begun, and 2 s after the installation of the Helm release was",
        "- **after** one, when the engine has said that it is done, and may not have written it down yet",
        "",
        "Each point is killed once. After each kill no program of the engine may be left. After",
        "each command the state is compared with Azure and with the deploy keys at GitHub: nothing may be there twice, in one",
        "of them only, or pending. After `up` and rebuild, another `up` may change nothing.",
        "[rebuild.md](rebuild.md#an-update-or-a-destroy-was-killed) says how it comes to that.",
        "",
        `The last run killed the engine ${sum("killed")} times at different points, of ${sum("points")} that it passed, and all`,
        `converged: stack ${stack} with ${layers} layers, \`--share ${share} --seed ${seed}\`, ${minutes} minutes.`,
        "",
        "| Command | Killed before | within | after |",
        "| ------- | ------------- | ------ | ----- |",
        ...rows,
        "",
    ].join("\n");
}
