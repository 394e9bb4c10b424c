import dagre from "@dagrejs/dagre";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Layer, State } from "../../status";

/** Narrower than this, the layers go from top to bottom. */
const wide = 760;

const boxes = {
    LR: { width: 118, height: 36 },
    TB: { width: 98, height: 36 },
} as const;

const marks: Readonly<Record<State, string>> = {
    ready: "✓",
    working: "…",
    waiting: "·",
    failed: "✗",
    suspended: "‖",
    planned: "·",
};

interface GraphProps {
    readonly layers: readonly Layer[];
    readonly chosen: string | undefined;
    readonly choose: (name: string) => void;
}

/** The layers and what each waits for: an arrow goes from a layer to those that start after it. */
export function Graph({ layers, chosen, choose }: GraphProps) {
    const frame = useRef<HTMLDivElement>(null);
    const [room, setRoom] = useState(window.innerWidth);
    useEffect(() => {
        const observer = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 0));
        if (frame.current) {
            observer.observe(frame.current);
        }
        return () => observer.disconnect();
    }, []);
    const shape = layers.map(({ name, after }) => `${name}<${after.join()}`).join(";");
    const direction = room < wide ? "TB" : "LR";
    const box = boxes[direction];
    const { nodes, edges, frame: around } = useMemo(() => laidOut(layers, direction), [shape, direction]);
    const stateOf = (name: string) => layers.find((layer) => layer.name === name)?.state ?? "planned";
    return (
        <div class="graph" ref={frame}>
            <svg
                viewBox={`${around.left} ${around.top} ${around.width} ${around.height}`}
                width={around.width}
                height={around.height}
                role="group"
                aria-labelledby="layers"
            >
                {edges.map(({ from, to, points }) => (
                    <path key={`${from} ${to}`} d={pathOf(points)} class={`edge ${stateOf(from)}`} />
                ))}
                {layers.map(({ name, state, waitsFor }) => {
                    const { x = 0, y = 0 } = nodes.get(name) ?? {};
                    return (
                        <g
                            key={name}
                            class={`node ${state}`}
                            transform={`translate(${x - box.width / 2} ${y - box.height / 2})`}
                            role="button"
                            tabindex={0}
                            aria-pressed={chosen === name}
                            aria-label={`${name}: ${state}${waitsFor.length > 0 ? `, waits for ${waitsFor.join(", ")}` : ""}`}
                            data-layer={name}
                            data-state={state}
                            onClick={() => choose(name)}
                            onKeyDown={(event) => {
                                if (event.key === "Enter" || event.key === " ") {
                                    event.preventDefault();
                                    choose(name);
                                }
                            }}
                        >
                            <rect width={box.width} height={box.height} rx={6} />
                            <text x={box.width / 2} y={box.height / 2}>
                                {marks[state]} {name}
                            </text>
                        </g>
                    );
                })}
            </svg>
        </div>
    );
}

interface Point {
    readonly x: number;
    readonly y: number;
}

function laidOut(layers: readonly Layer[], rankdir: "LR" | "TB") {
    const graph = new dagre.graphlib.Graph();
    const isWide = rankdir === "LR";
    graph.setGraph({ rankdir, nodesep: isWide ? 14 : 5, ranksep: isWide ? 30 : 26, edgesep: isWide ? 10 : 3 });
    graph.setDefaultEdgeLabel(() => ({}));
    layers.forEach(({ name }) => graph.setNode(name, { ...boxes[rankdir] }));
    const names = new Set(layers.map(({ name }) => name));
    for (const { name, after } of layers) {
        after.filter((other) => names.has(other)).forEach((other) => graph.setEdge(other, name));
    }
    dagre.layout(graph);
    const edges = graph.edges().map((edge) => ({
        from: edge.v,
        to: edge.w,
        points: (graph.edge(edge) as { points?: readonly Point[] }).points ?? [],
    }));
    const places = graph.nodes().map((name): readonly [string, Point] => [name, graph.node(name) as Point]);
    return { nodes: new Map(places), edges, frame: frameOf(places, edges, boxes[rankdir]) };
}

/** What the boxes and the arrows take, which may run outside of what is between the boxes. */
function frameOf(
    places: readonly (readonly [string, Point])[],
    edges: readonly { readonly points: readonly Point[] }[],
    box: { readonly width: number; readonly height: number },
) {
    const corners = places.flatMap(([, { x, y }]) => [
        { x: x - box.width / 2, y: y - box.height / 2 },
        { x: x + box.width / 2, y: y + box.height / 2 },
    ]);
    const all = [...corners, ...edges.flatMap(({ points }) => points)];
    const margin = 3;
    const [left, top] = [Math.min(...all.map(({ x }) => x)) - margin, Math.min(...all.map(({ y }) => y)) - margin];
    return {
        left,
        top,
        width: Math.max(...all.map(({ x }) => x)) + margin - left,
        height: Math.max(...all.map(({ y }) => y)) + margin - top,
    };
}

function pathOf(points: readonly Point[]): string {
    return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
}
