import { posix } from "node:path";
import { dependenciesOf, type Layer, type Tree } from "./tree";

/** What the picture says of one layer. */
interface Box {
    readonly name: string;
    readonly after: readonly string[];
    /** Systems by the mesh that they belong to; those of both, or of none, are under the empty name. */
    readonly systems: ReadonlyMap<string, readonly string[]>;
    readonly isListed: boolean;
}

/** Names that stand in a line of a box. */
const inALine = 3;

/** The layers of a tree with the systems in them, and what each waits for, as a Mermaid picture. */
export function mermaid(tree: Tree): string {
    const boxes = boxesOf(tree);
    const nodes = boxes.map((box) => `    ${box.name}["${labelOf(box)}"]`);
    const edges = boxes.flatMap(({ name, after }) => after.map((dependency) => `    ${dependency} --> ${name}`));
    return ["graph TD", ...nodes, ...edges].join("\n");
}

/** The same as a table. */
export function layersAsTable(tree: Tree): string {
    const rows = boxesOf(tree).map((box) => {
        const after = box.after.map((name) => `\`${name}\``).join(", ");
        return `| \`${box.name}\`${box.isListed ? "" : " (not listed)"} | ${after} | ${systemLines(box, (names) => names.join(", ")).join("; ")} |`;
    });
    const optional = unlisted(tree);
    const last = optional.length === 0 ? [] : [`| (not listed) | | ${optional.join(", ")} |`];
    return ["| Layer | Starts when these are ready | Systems |", "| --- | --- | --- |", ...rows, ...last].join("\n");
}

/** Systems and teams that no environment lists. */
function unlisted({ clusters }: Tree): string[] {
    const listed = new Set(clusters.flatMap(({ layers }) => layers.flatMap(({ build }) => build.components)));
    const folders = clusters.flatMap(({ optional }) => optional.map(({ build }) => build.folder));
    return sorted(folders.filter((folder) => !listed.has(folder)).map((folder) => folder.replace(/^systems\//, "")));
}

function labelOf(box: Box): string {
    const inLines = (names: readonly string[]) => {
        const lines = names.flatMap((_, index) =>
            index % inALine === 0 ? [names.slice(index, index + inALine).join(", ")] : [],
        );
        return lines.join(",<br/>");
    };
    return [`<b>${box.name}</b>${box.isListed ? "" : " (not listed)"}`, ...systemLines(box, inLines)].join("<br/>");
}

function systemLines({ systems }: Box, join: (names: readonly string[]) => string): string[] {
    return [...systems].map(([mesh, names]) => `${mesh === "" ? "" : `${mesh}: `}${join(names)}`);
}

/** In the order in which they can start. */
function boxesOf({ clusters }: Tree): Box[] {
    const names = [...new Set(clusters.flatMap(({ layers }) => layers.map(({ name }) => name)))];
    return inOrder(names.map((name) => boxOf(name, clusters)));
}

function boxOf(name: string, clusters: Tree["clusters"]): Box {
    const layers = clusters.flatMap(({ mesh, layers: all }) =>
        all.filter((layer) => layer.name === name).map((layer) => ({ mesh, layer })),
    );
    const isOfMesh = layers.every(({ layer, mesh }) => layer.build.folder === `systems/${mesh}`);
    const meshes = isOfMesh ? [...new Set(layers.map(({ mesh }) => mesh))] : [""];
    const systems = meshes.map((mesh): [string, string[]] => {
        const own = layers.filter((one) => mesh === "" || one.mesh === mesh);
        return [mesh, sorted(own.flatMap(({ layer }) => systemsOf(layer)))];
    });
    return {
        name,
        after: layers[0] ? [...dependenciesOf(layers[0].layer)].sort() : [],
        systems: new Map(systems),
        isListed: layers.some(({ layer }) => layer.isListed),
    };
}

/** A system is a folder of `systems/`, and in a mesh's a part of it; what is none goes by the name of its file. */
function systemsOf({ build, manifests }: Layer): string[] {
    const isMesh = build.folder.startsWith("systems/");
    const names = manifests.map(({ file }) => {
        const [home, name = "", part = ""] = file.split("/");
        return home === "systems" && isMesh
            ? part
            : ["systems", "policies", "tenants"].includes(home ?? "")
              ? name
              : "";
    });
    const secrets = manifests
        .filter(({ file }) => file.startsWith("clusters/"))
        .map(({ file }) => posix.basename(file));
    return (names.some((name) => name !== "") ? names : secrets)
        .map((name) => name.replace(/(\.sops)?\.yaml$/, ""))
        .filter((name) => name !== "" && name !== "kustomization");
}

function sorted(names: readonly string[]): string[] {
    return [...new Set(names)].sort();
}

function inOrder(boxes: readonly Box[], done: readonly string[] = []): Box[] {
    const ready = boxes.filter(({ after }) => after.every((name) => done.includes(name)));
    const rest = boxes.filter((box) => !ready.includes(box));
    // What is in a circle never starts; layer-order finds it.
    return ready.length === 0 ? [...rest] : [...ready, ...inOrder(rest, [...done, ...ready.map(({ name }) => name)])];
}
