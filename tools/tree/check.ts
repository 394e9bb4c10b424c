import { allRules } from "./all-rules";
import { distinct, type NamedFinding } from "./finding";
import type { Tree } from "./tree";

/** What all rules, or those of these names, find in a tree, by file and line. */
export async function check(
    tree: Tree,
    rules: readonly string[] = Object.keys(allRules),
): Promise<readonly NamedFinding[]> {
    const found = await Promise.all(
        rules.map(async (rule) => {
            const findings = await allRules[rule]?.(tree);
            return (findings ?? []).map((finding): NamedFinding => ({ ...finding, rule }));
        }),
    );
    return [...distinct(found.flat())].sort(
        (one, other) => one.file.localeCompare(other.file) || one.line - other.line,
    );
}
