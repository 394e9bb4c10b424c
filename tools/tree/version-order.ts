/** Whether a semantic version comes before another one; a leading `v` and what follows a `+` say nothing. */
export function isOlder(version: string, other: string): boolean {
    const [one, two] = [partsOf(version), partsOf(other)];
    const index = one.numbers.findIndex((number, at) => number !== two.numbers[at]);
    if (index >= 0) {
        return (one.numbers[index] ?? 0) < (two.numbers[index] ?? 0);
    }
    // A pre-release comes before its release.
    return one.pre !== two.pre && (two.pre === "" || (one.pre !== "" && comesBefore(one.pre, two.pre)));
}

function partsOf(version: string): { numbers: readonly number[]; pre: string } {
    const [, core = "", pre = ""] = /^v?([^-+]*)(?:-([^+]*))?/.exec(version) ?? [];
    return { numbers: core.split(".").map(Number), pre };
}

/** Identifiers of pre-releases: numbers by value and before words, words by their letters, fewer before more. */
function comesBefore(one: string, two: string): boolean {
    const [ours, theirs] = [one.split("."), two.split(".")];
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
        const [own, other] = [ours[index], theirs[index]];
        if (own !== other) {
            if (own === undefined || other === undefined) {
                return own === undefined;
            }
            const areNumbers = [own, other].map((each) => /^\d+$/.test(each));
            return areNumbers[0] && areNumbers[1]
                ? Number(own) < Number(other)
                : areNumbers[0] !== areNumbers[1]
                  ? areNumbers[0] === true
                  : own < other;
        }
    }
    return false;
}
