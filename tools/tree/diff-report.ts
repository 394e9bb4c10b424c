import type { ClusterChange, ObjectChange } from "./compare";

/** Lines of one object's diff that a report shows. */
const mostLines = 200;

/** Lines of all diffs in Markdown: GitHub takes a summary of 1 MiB. */
const mostLinesOfAll = 10_000;

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** What a change does to each environment, for a terminal. */
export function describeChanges(clusters: readonly ClusterChange[]): string {
    return clusters
        .map((cluster) => [summaryOf(cluster), ...notesOf(cluster), ...cluster.changes.map(describeChange)].join("\n"))
        .join("\n\n");
}

function describeChange(change: ObjectChange): string {
    const head = `\n${signs[change.kind]} ${change.object}  (${change.layer}, gitops/${change.file})`;
    return [head, ...shownLines(change, mostLines).map((line) => `    ${line}`)].join("\n");
}

/** The same for a pull request: a line an environment, and each object to unfold. */
export function changesAsMarkdown(clusters: readonly ClusterChange[]): string {
    const objects = clusters.flatMap(({ changes }) => changes).length;
    const most = Math.max(5, Math.min(mostLines, Math.floor(mostLinesOfAll / Math.max(1, objects))));
    const sections = clusters.map((cluster) => {
        const details = cluster.changes.map((change) => {
            const summary = `<code>${signs[change.kind]}</code> ${change.layer}: ${change.object}`;
            const lines = shownLines(change, most);
            const fence = fenceFor(lines);
            const body = [`\`gitops/${change.file}\``, "", `${fence}diff`, ...lines, fence];
            return [`<details><summary>${summary}</summary>`, "", ...body, "", "</details>"].join("\n");
        });
        return [`**${summaryOf(cluster)}**`, ...notesOf(cluster), ...details].join("\n\n");
    });
    return ["## What this changes in the clusters", ...sections].join("\n\n") + "\n";
}

/** What looks like an addition because the tree before could not be rendered. */
function notesOf({ unreadable = [] }: ClusterChange): string[] {
    return unreadable.length === 0 ? [] : ["Of the tree before, this could not be rendered:", ...unreadable];
}

function summaryOf({ environment, mesh, changes }: ClusterChange): string {
    const count = (kind: ObjectChange["kind"]) => changes.filter((change) => change.kind === kind).length;
    const counts = (["added", "changed", "removed"] as const).map((kind) => `${count(kind)} ${kind}`).join(", ");
    return `${environment} (${mesh}): ${changes.length === 0 ? "no change" : counts}`;
}

function shownLines({ diff }: ObjectChange, most: number): readonly string[] {
    const rest = diff.length - most;
    return rest <= 0 ? diff : [...diff.slice(0, most), `… and ${rest} lines more`];
}

/** A manifest may hold Markdown of its own. */
function fenceFor(lines: readonly string[]): string {
    const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([run]) => run.length));
    return "`".repeat(longest + 1);
}
