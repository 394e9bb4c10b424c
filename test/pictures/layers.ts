import dagre from "@dagrejs/dagre";
import type { Recording } from "./recording";
import { colours, escaped, font } from "./svg";

const box = { width: 128, height: 40 } as const;
/** Seconds that the picture shows the layers coming up in, and that it shows the end. */
const shown = { run: 9, end: 5 } as const;

/** The layers and what each waits for, with the seconds in which they came up: an SVG that turns green as they did. */
export function layersPicture({ layers }: Recording): string {
    const graph = new dagre.graphlib.Graph();
    graph.setGraph({ rankdir: "LR", nodesep: 12, ranksep: 34, edgesep: 8, marginx: 8, marginy: 8 });
    graph.setDefaultEdgeLabel(() => ({}));
    layers.forEach(({ name }) => graph.setNode(name, { ...box }));
    layers.forEach(({ name, after }) => needed(name, after, layers).forEach((other) => graph.setEdge(other, name)));
    dagre.layout(graph);
    const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
    const times = layers.map(({ ready }) => ready);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const total = shown.run + shown.end;
    const percent = (ready: number) =>
        ((((ready - first + 1) / (last - first + 1)) * shown.run * 100) / total).toFixed(2);
    const moments = [...new Set(times)];
    const edges = graph.edges().map((edge) => {
        const { points = [] } = graph.edge(edge) as { points?: readonly { x: number; y: number }[] };
        return `<path d="${points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("")}"/>`;
    });
    const boxes = layers.map(({ name, ready }) => {
        const { x, y } = graph.node(name) as { x: number; y: number };
        const [left, top] = [round(x - box.width / 2), round(y - box.height / 2)];
        return `<g transform="translate(${left} ${top})"><rect width="${box.width}" height="${box.height}" rx="6" class="r${moments.indexOf(ready)}"/><text x="${box.width / 2}" y="17">${escaped(name)}</text><text x="${box.width / 2}" y="32" class="seconds">${ready} s</text></g>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="The layers and what each waits for; the last is Ready ${last} seconds after npm start">
<style>
text { font: 12px ${font}; fill: ${colours.text}; text-anchor: middle; }
.seconds { font-size: 10px; fill: ${colours.dim}; }
path { fill: none; stroke: ${colours.dim}; stroke-width: 1; opacity: 0.55; }
rect { fill: ${colours.ground}; stroke: ${colours.ready}; stroke-width: 1.5; }
.ground { stroke: none; }
${moments.map((ready, index) => `.r${index} { animation: k${index} ${total}s steps(1, end) infinite; } @keyframes k${index} { 0% { stroke: ${colours.frame}; } ${percent(ready)}% { stroke: ${colours.ready}; } }`).join("\n")}
</style>
<rect class="ground" width="${round(width)}" height="${round(height)}" rx="8"/>
${[...edges, ...boxes].join("\n")}
</svg>
`;
}

/** The arrows that say something: not those to what another one that it waits for has waited for. */
function needed(name: string, after: readonly string[], layers: Recording["layers"]): string[] {
    const before = (layer: string, seen = new Set<string>()): Set<string> => {
        for (const other of layers.find((one) => one.name === layer)?.after ?? []) {
            if (!seen.has(other)) {
                seen.add(other);
                before(other, seen);
            }
        }
        return seen;
    };
    return after.filter((one) => one !== name && !after.some((other) => other !== one && before(other).has(one)));
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}
