import * as path from "node:path";
import { TreeError } from "../tree-error";
import { cachedArchive, chartCache } from "./cache";
import { type LockedChart, lockName, readLock } from "./lock";
import { type ChartPin, keyOf } from "./pins";

/** How a published chart is named: by name, version and source. */
export type ChartKey = Pick<ChartPin, "name" | "version" | "source">;

/** The published charts that are at hand: those that the lock knows and the cache has. */
export class ChartShelf {
    constructor(
        private readonly lock: ReadonlyMap<string, LockedChart>,
        private readonly cache: string,
    ) {}

    /** Whether the lock knows no chart. */
    get isEmpty(): boolean {
        return this.lock.size === 0;
    }

    /** Path of a chart's archive, verified, or undefined if it is not at hand. */
    archive(chart: ChartKey): string | undefined {
        const locked = this.lock.get(keyOf(chart));
        return locked && cachedArchive(this.cache, locked.digest);
    }

    /** Versions of a chart that the lock has. */
    lockedVersions({ name, source }: Pick<ChartKey, "name" | "source">): readonly string[] {
        return [...this.lock.values()]
            .filter((locked) => locked.name === name && locked.source === source)
            .map(({ version }) => version);
    }
}

/** Without a published chart. */
export const emptyShelf = new ChartShelf(new Map(), "");

/** The shelf of this repository and this user. */
export function openShelf(repository: string): ChartShelf {
    return new ChartShelf(readLock(path.join(repository, lockName)), chartCache());
}

/** Which charts a command works with: the published ones that are at hand, only these, or none of them. */
const chartChoices = ["at-hand", "published", "stand-ins"] as const;
export type ChartChoice = (typeof chartChoices)[number];

/** @throws TreeError if `--charts` has another value. */
export function chartChoice(text: string): ChartChoice {
    const choice = chartChoices.find((candidate) => candidate === text);
    if (!choice) {
        throw new TreeError(`--charts ${text}: write one of ${chartChoices.join(", ")}`);
    }
    return choice;
}

/** The pins whose charts are not at hand. */
export function missingCharts(shelf: ChartShelf, pins: readonly ChartPin[]): readonly ChartPin[] {
    return pins.filter((pin) => shelf.archive(pin) === undefined);
}

/**
 * Refuses to go on without a published chart.
 *
 * @throws TreeError naming each chart that is not at hand, and the command that brings them.
 */
export function requireAll(shelf: ChartShelf, pins: readonly ChartPin[]): void {
    const missing = missingCharts(shelf, pins).map(({ name, version, source, place }) => {
        return `gitops/${place.file}:${place.line}: chart ${name} ${version} of ${source} is not in the cache`;
    });
    if (missing.length > 0) {
        throw new TreeError([...missing, "--charts published: first npm run tree -- charts pull"].join("\n"));
    }
}
