import { nearest } from "../../../components/settings/nearest";
import { inTurn } from "../in-turn";
import { TreeError } from "../tree-error";
import { cachedArchive, digestOf, storeArchive } from "./cache";
import { pullArchive, pullError } from "./helm-pull";
import { type LockedChart, lockName, readLock, writeLock } from "./lock";
import { type ChartPin, keyOf } from "./pins";

export interface PullOptions {
    /** What the tree installs. */
    readonly pins: readonly ChartPin[];
    readonly lockFile: string;
    /** Folder of the archives. */
    readonly cache: string;
    /** Names of charts whose digest may be another one than the lock has. */
    readonly update: readonly string[];
    /** Whether a lock that has charts has to have all of them and no other, as `npm ci` wants. */
    readonly locked: boolean;
}

/** What a pull did, a line a chart, and what is wrong with those that it did not get. */
export interface Pulled {
    readonly lines: readonly string[];
    readonly problems: readonly string[];
}

/**
 * Brings every chart that the tree pins from its own registry into the cache. The digest of a chart that the lock does
 * not know is taken as it is and written down; from then on nothing else is taken for that version. What is in the
 * cache is not asked for again. Charts that the tree does not pin any more leave the lock. With `locked` both are
 * problems, unless the lock is empty: the first pull of a repository writes it.
 *
 * @throws TreeError if `update` names a chart that the tree does not pin.
 */
export async function pullCharts({ pins, lockFile, cache, update, locked }: PullOptions): Promise<Pulled> {
    checkNames(pins, update);
    const lock = readLock(lockFile);
    const isFirst = lock.size === 0;
    if (locked && !isFirst) {
        const problems = differences(pins, lock);
        if (problems.length > 0) {
            return { lines: [], problems };
        }
    }
    const results = await Promise.all(
        pins.map(async (pin) => {
            const locked = lock.get(keyOf(pin));
            try {
                return await inTurn(() => pullChart(pin, locked, cache, update.includes(pin.name)));
            } catch (error) {
                if (error instanceof TreeError) {
                    return { locked, problem: error.message };
                }
                throw error;
            }
        }),
    );
    const kept = results.flatMap(({ locked }) => locked ?? []);
    const known = new Set(pins.map(keyOf));
    const gone = [...lock].filter(([key]) => !known.has(key)).map(([, chart]) => chart);
    if (kept.length > 0 || lock.size > 0) {
        writeLock(lockFile, kept);
    }
    return {
        lines: [
            ...results.flatMap((result) => ("line" in result ? [result.line] : [])),
            ...gone.map(({ name, version }) => `gone     ${name} ${version}: the tree does not install it any more`),
            ...(isFirst && kept.length > 0
                ? [`${lockName} was empty and has ${kept.length} charts now: look where they come from, and commit it`]
                : []),
        ],
        problems: results.flatMap((result) => ("problem" in result ? [result.problem] : [])),
    };
}

/** What a pull would change in the lock: charts that it does not know, and those that the tree does not pin. */
function differences(pins: readonly ChartPin[], lock: ReadonlyMap<string, LockedChart>): string[] {
    const advice = "run npm run tree -- charts pull, and commit the lock";
    const known = new Set(pins.map(keyOf));
    return [
        ...pins
            .filter((pin) => !lock.has(keyOf(pin)))
            .map((pin) => pullError(pin, `${lockName} does not have it`, advice).message),
        ...[...lock]
            .filter(([key]) => !known.has(key))
            .map(
                ([, { name, version }]) =>
                    `${lockName} has ${name} ${version}, which the tree does not install\n    ${advice}`,
            ),
    ];
}

async function pullChart(
    pin: ChartPin,
    locked: LockedChart | undefined,
    cache: string,
    mayChange: boolean,
): Promise<{ locked: LockedChart; line: string }> {
    const named = `${pin.name} ${pin.version}`;
    if (locked && !mayChange && cachedArchive(cache, locked.digest) !== undefined) {
        return { locked, line: `there    ${named}` };
    }
    const archive = await pullArchive(pin);
    const digest = digestOf(archive);
    if (locked && locked.digest !== digest && !mayChange) {
        throw pullError(
            pin,
            `the registry has ${digest}, and ${lockName} has ${locked.digest}`,
            `a published version does not change by itself: find out who changed it, then: npm run tree -- charts pull --update ${pin.name}`,
        );
    }
    storeArchive(cache, archive);
    const { name, version, source } = pin;
    const word = locked === undefined ? "new" : locked.digest === digest ? "pulled" : "changed";
    const line = `${word.padEnd(8)} ${named} ${digest}${word === "changed" ? ` (was ${locked?.digest})` : ""}`;
    return { locked: { name, version, source, digest }, line };
}

function checkNames(pins: readonly ChartPin[], update: readonly string[]): void {
    const names = [...new Set(pins.map(({ name }) => name))];
    const unknown = update.find((name) => !names.includes(name));
    if (unknown !== undefined) {
        const near = nearest(unknown, names);
        const advice = near === undefined ? `it installs ${names.join(", ")}` : `did you mean ${near}?`;
        throw new TreeError(`--update ${unknown}: the tree installs no chart of that name; ${advice}`);
    }
}
