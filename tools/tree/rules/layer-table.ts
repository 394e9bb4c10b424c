import type { Finding } from "../finding";
import { dependenciesOf, type Tree } from "../tree";

const file = "README.md";

/** The table of layers in the tree's README has a row for each layer, with the layers that it comes after. */
export function layerTable({ sources, clusters }: Tree): readonly Finding[] {
    const rows = new Map(
        sources
            .text(file)
            .split("\n")
            .flatMap((text, index): [string, { line: number; after: string[] }][] => {
                const [, name, after = ""] = /^\| `([a-z-]+)` +\|.*\|([^|]*)\|$/.exec(text) ?? [];
                const names = [...after.matchAll(/`([a-z-]+)`/g)].map(([, dependency = ""]) => dependency);
                return name === undefined ? [] : [[name, { line: index + 1, after: names.sort() }]];
            }),
    );
    const all = clusters[0]?.layers ?? [];
    const layers = all.filter(({ name, isListed }) => isListed || rows.has(name));
    const invented = [...rows]
        .filter(([name]) => !all.some((layer) => layer.name === name))
        .map(([name, { line }]) =>
            finding(line, `explains ${name}, which does not exist`, "remove its row from the table"),
        );
    const wrong = layers.flatMap((layer) => {
        const row = rows.get(layer.name);
        const after = [...dependenciesOf(layer)].sort();
        const words = after.map((name) => `\`${name}\``).join(", ");
        if (row === undefined) {
            const fix = `add a row: | \`${layer.name}\` | what it holds | ${words} |`;
            return [finding(sources.lineOf(file, /^\| layer /), `does not explain layer ${layer.name}`, fix)];
        }
        const problem = `says that ${layer.name} comes after ${row.after.join(", ") || "nothing"}, not ${after.join(", ") || "nothing"}`;
        return row.after.join() === after.join()
            ? []
            : [finding(row.line, problem, `write ${words} into its last column`)];
    });
    return [...invented, ...wrong];
}

function finding(line: number, problem: string, fix: string): Finding {
    return { file, line, problem: `${file} ${problem}`, fix };
}
