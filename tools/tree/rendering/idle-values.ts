import { createHash } from "node:crypto";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { inTurn } from "../in-turn";
import { field, isMap } from "../object";
import { cachedOr } from "./cached";
import { printedBy, type Wanted } from "./helm-template";
import { documentsOf } from "./pared";

type ValuePath = readonly string[];

/** A value of a release that is not its chart's default. */
export interface JudgedValue {
    readonly path: ValuePath;
    /** Whether the chart makes the same without it. */
    readonly isIdle: boolean;
}

/** Of this file's results, in the name of what is cached. */
const format = 1;

const running = new Map<string, Promise<readonly JudgedValue[]>>();

/**
 * Which of the values that differ from the chart's defaults change what it makes. A list counts as one value. Each
 * takes a rendering, so the answer is kept in the cache.
 *
 * @param given what the release sets.
 */
export function judgedValues(
    wanted: Wanted,
    given: unknown,
    defaults: unknown,
    cache: string,
): Promise<readonly JudgedValue[]> {
    const { digest, name, namespace, values, kubernetes } = wanted;
    const question = JSON.stringify({ digest, name, namespace, values, given, kubernetes, format });
    const key = createHash("sha256").update(question).digest("hex");
    const known =
        running.get(key) ??
        cachedOr(path.join(cache, `values-${key}.json`), () => judge(wanted, unlikeDefaults(given, defaults, [])));
    running.set(key, known);
    return known;
}

async function judge(wanted: Wanted, paths: readonly ValuePath[]): Promise<JudgedValue[]> {
    const [first, second] = await Promise.all([documents(wanted), documents(wanted)]);
    if (first === undefined || second === undefined) {
        return [];
    }
    // What is made at random, such as a certificate, says nothing.
    const steady = first.flatMap((document, index) => (document === second[index] ? [index] : []));
    return Promise.all(
        paths.map(async (at) => {
            const without = await documents({ ...wanted, values: withoutValue(wanted.values, at) });
            const isSame = without?.length === first.length && steady.every((index) => first[index] === without[index]);
            return { path: at, isIdle: isSame };
        }),
    );
}

/** What Helm prints, by document; undefined where it refuses the values. */
async function documents(wanted: Wanted): Promise<string[] | undefined> {
    const result = await inTurn(() => printedBy(wanted));
    return "error" in result ? undefined : documentsOf(result.printed).map(({ text }) => text);
}

function unlikeDefaults(given: unknown, defaults: unknown, at: ValuePath): ValuePath[] {
    if (isMap(given) && Object.keys(given).length > 0) {
        return Object.entries(given).flatMap(([key, value]) =>
            unlikeDefaults(value, field(defaults, [key]), [...at, key]),
        );
    }
    return at.length === 0 || isDeepStrictEqual(given, defaults) ? [] : [at];
}

function withoutValue(values: unknown, [key = "", ...rest]: ValuePath): unknown {
    const { [key]: value, ...others } = values as Record<string, unknown>;
    return rest.length === 0 ? others : { ...others, [key]: withoutValue(value, rest) };
}
