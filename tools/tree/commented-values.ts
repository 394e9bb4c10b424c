interface Parent {
    readonly column: number;
    readonly path: string;
}

/**
 * Paths of the values that a `values.yaml` names only in comments, as charts do with those that have no default. Comments
 * are indented in several ways, so a key may count for more than one map around it; it counts for none that is elsewhere.
 */
export function commentedValues(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    let parents: Parent[] = [];
    for (const line of text.split("\n")) {
        const [, indent = "", key] = /^( *)([\w./-]+):/.exec(line) ?? [];
        if (key !== undefined) {
            parents = [...parents.filter(({ column }) => column < indent.length)];
            parents.push({
                column: indent.length,
                path: [...parents.map(({ path }) => path).slice(-1), key].join("."),
            });
        }
        const [, before = "", gap = "", commented] = /^( *)#+( *)([A-Za-z][\w./-]*):(?: |$)/.exec(line) ?? [];
        if (commented !== undefined) {
            const column = before.length + 1 + gap.length;
            for (const at of [before.length, column, column - 2]) {
                const parent = parents.filter((candidate) => candidate.column < at).at(-1);
                found.add(parent && at > 0 ? `${parent.path}.${commented}` : commented);
            }
        }
    }
    return found;
}
