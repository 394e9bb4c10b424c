import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { layersAsTable, mermaid } from "./graph";
import type { Tree } from "./tree";

/** The page with the picture of the layers. */
export const layersPageFile = path.join(__dirname, "../../docs/layers.md");

const begin = "<!-- layers: made by npm run docs -->";
const end = "<!-- end of layers -->";

export function readLayersPage(): string {
    return fs.readFileSync(layersPageFile, "utf8");
}

/** The page with new content between its markers. Throws when it lacks a marker. */
export async function layersPage(page: string, tree: Tree): Promise<string> {
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) {
        throw new Error(`docs/layers.md needs the lines ${begin} and ${end}`);
    }
    const made = ["```mermaid", mermaid(tree), "```", "", layersAsTable(tree)].join("\n");
    const text = `${page.slice(0, from + begin.length)}\n\n${made}\n\n${page.slice(to)}`;
    const options = await prettier.resolveConfig(layersPageFile);
    return prettier.format(text, { ...options, parser: "markdown" });
}
