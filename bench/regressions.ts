import type { BenchReport } from "./report";

/** How much worse than the committed one a ratio may be: what one run differs from the next by. */
const tolerance = 1.2;

/** One line for each committed ratio of what was measured that is worse now, or that is gone. */
export function regressions(committed: BenchReport, now: BenchReport): string[] {
    return Object.entries(now.results).flatMap(([part, { ratios }]) =>
        (committed.results[part]?.ratios ?? []).flatMap(({ name, value }) => {
            const found = ratios.find((ratio) => ratio.name === name);
            if (found === undefined) {
                return [`${part}: ${name} was not measured; committed is ${value.toFixed(3)}`];
            }
            const times = found.value / value;
            return times > tolerance
                ? [
                      `${part}: ${name} is ${found.value.toFixed(3)}, ${times.toFixed(2)} times the committed ${value.toFixed(3)}`,
                  ]
                : [];
        }),
    );
}
