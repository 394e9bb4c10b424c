import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { readTree } from "../../tools/status/read/tree";

/** What a real `npm start` of an empty world showed, and when. The pictures of the README are made of it. */
export interface Recording {
    /** Day, in ISO 8601. */
    readonly date: string;
    /** Until everything was Ready. */
    readonly seconds: number;
    readonly resources: number;
    readonly files: number;
    readonly calls: { readonly azure: number; readonly github: number };
    readonly lines: readonly Line[];
    /** In the order in which they start. */
    readonly layers: readonly RecordedLayer[];
}

export interface Line {
    /** Seconds since the start. */
    readonly at: number;
    readonly text: string;
}

interface RecordedLayer {
    readonly name: string;
    readonly after: readonly string[];
    /** Seconds since the start until it was Ready. */
    readonly ready: number;
}

export const picturesFolder = path.join(__dirname, "../../docs/pictures");
const gitops = path.join(__dirname, "../../gitops");
const file = path.join(picturesFolder, "recording.json");

/** The recording, with what each layer waits for as the tree has it now: that changes without another start. */
export function readRecording(): Recording {
    const recording = JSON.parse(fs.readFileSync(file, "utf8")) as Recording;
    const after = new Map(readTree(gitops, "staging").layers.map((layer) => [layer.name, layer.after]));
    return {
        ...recording,
        layers: recording.layers.map((layer) => ({ ...layer, after: after.get(layer.name) ?? [] })),
    };
}

export async function writeRecording(recording: Recording): Promise<void> {
    const options = { ...(await prettier.resolveConfig(file)), parser: "json" };
    fs.writeFileSync(file, await prettier.format(JSON.stringify(recording), options));
}
