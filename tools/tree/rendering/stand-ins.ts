import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { type ChartDefinition, chartsFolder, readDefinitions, standInFiles } from "@landfall/facts";

/** A stand-in as a chart's folder. */
export interface StandIn {
    readonly folder: string;
    /** Of its files. */
    readonly digest: string;
}

let definitions: Promise<readonly ChartDefinition[]> | undefined;
const written = new Map<string, Promise<StandIn>>();

/** Writes the stand-in for a published chart to a folder below `cache`, unless it is there. */
export async function standInFor(name: string, cache: string): Promise<StandIn | undefined> {
    definitions ??= readDefinitions(chartsFolder);
    const definition = (await definitions).find((candidate) => candidate.name === name);
    if (!definition) {
        return undefined;
    }
    const key = `${cache} ${name}`;
    const standIn = written.get(key) ?? write(definition, cache);
    written.set(key, standIn);
    return standIn;
}

/** No release of the tree installs the Flux Operator, whose definitions alone are in its source. */
async function write(definition: ChartDefinition, cache: string): Promise<StandIn> {
    const files = Object.entries(await standInFiles(definition, "")).sort(([one], [other]) => (one < other ? -1 : 1));
    const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex");
    const folder = path.join(cache, digest, definition.name);
    if (!fs.existsSync(folder)) {
        const temporary = path.join(cache, `${digest}.${process.pid}.tmp`);
        for (const [file, text] of files) {
            const full = path.join(temporary, definition.name, file);
            fs.mkdirSync(path.dirname(full), { recursive: true });
            fs.writeFileSync(full, text);
        }
        try {
            fs.renameSync(temporary, path.dirname(folder));
        } catch (error) {
            // Another process was faster, with the same files.
            fs.rmSync(temporary, { recursive: true });
            if (!fs.existsSync(folder)) {
                throw error;
            }
        }
    }
    return { folder, digest };
}
