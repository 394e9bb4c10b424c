import type { ClusterChange, ObjectChange } from "./compare";

/** Lines of one object's diff that a report shows. */
const MOST_LINES = 200;

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** What a change does to each environment, for a terminal. */
export function describeChanges(clusters: readonly ClusterChange[]): string {
    return clusters
        .map((cluster) => [summaryOf(cluster), ...notesOf(cluster), ...cluster.changes.map(describeChange)].join("\n"))
        .join("\n\n");
}

function describeChange(change: ObjectChange): string {
    const head = `\n${SIGNS[change.kind]} ${change.object}  (${change.layer}, gitops/${change.file})`;
    return [head, ...shownLines(change).map((line) => `    ${line}`)].join("\n");
}

/** The same for a pull request: a line an environment, and each object to unfold. */
export function changesAsMarkdown(clusters: readonly ClusterChange[]): string {
    const sections = clusters.map((cluster) => {
        const objects = cluster.changes.map((change) => {
            const summary = `<code>${SIGNS[change.kind]}</code> ${change.layer}: ${change.object}`;
            const lines = shownLines(change);
            const fence = fenceFor(lines);
            const body = [`\`gitops/${change.file}\``, "", `${fence}diff`, ...lines, fence];
            return [`<details><summary>${summary}</summary>`, "", ...body, "", "</details>"].join("\n");
        });
        return [`**${summaryOf(cluster)}**`, ...notesOf(cluster), ...objects].join("\n\n");
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

function shownLines({ diff }: ObjectChange): readonly string[] {
    const rest = diff.length - MOST_LINES;
    return rest <= 0 ? diff : [...diff.slice(0, MOST_LINES), `… and ${rest} lines more`];
}

/** A manifest may hold Markdown of its own. */
function fenceFor(lines: readonly string[]): string {
    const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([run]) => run.length));
    return "`".repeat(longest + 1);
}
