/** Something that takes time, and what it waits for. */
export interface Step {
    readonly name: string;
    readonly seconds: number;
    /** Names of other steps. */
    readonly waitsFor: readonly string[];
}

/** The chain of steps that decides how long all take together. */
export interface CriticalPath {
    readonly seconds: number;
    /** From the first to the last. */
    readonly chain: readonly { readonly name: string; readonly seconds: number }[];
}

/** How long the steps take when each begins as soon as what it waits for is done, and which chain is the longest. */
export function criticalPath(steps: readonly Step[]): CriticalPath {
    const byName = new Map(steps.map((step) => [step.name, step]));
    const longest = new Map<string, CriticalPath>();
    const pathTo = (step: Step): CriticalPath => {
        const known = longest.get(step.name);
        if (known) {
            return known;
        }
        const none: CriticalPath = { seconds: 0, chain: [] };
        longest.set(step.name, none);
        const before = step.waitsFor
            .flatMap((name) => byName.get(name) ?? [])
            .map(pathTo)
            .reduce((left, right) => (right.seconds > left.seconds ? right : left), none);
        const { name, seconds } = step;
        const path = { seconds: before.seconds + seconds, chain: [...before.chain, { name, seconds }] };
        longest.set(name, path);
        return path;
    };
    return steps
        .map(pathTo)
        .reduce((left, right) => (right.seconds > left.seconds ? right : left), { seconds: 0, chain: [] });
}
