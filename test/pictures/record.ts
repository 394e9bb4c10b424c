/** `npm run pictures`: records a real start of the whole tree, and makes the README's pictures and figures of it. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Report } from "../../tools/sandbox/report";
import { readTree } from "../../tools/status/read/tree";
import { isKnown, type Layer, type Status } from "../../tools/status/status";
import { Checkout } from "../support/checkout";
import { readmeFile, readReadme, withFigures } from "./figures";
import { writePictures } from "./pictures";
import { type Line, picturesFolder, type Recording, writeRecording } from "./recording";

async function main(): Promise<void> {
    const checkout = new Checkout({ systems: "all" });
    try {
        checkout.create();
        const recording = await record(checkout);
        fs.mkdirSync(picturesFolder, { recursive: true });
        await writeRecording(recording);
        writePictures(recording);
        fs.writeFileSync(readmeFile, await withFigures(readReadme(), recording));
    } finally {
        await checkout.remove();
    }
}

async function record(checkout: Checkout): Promise<Recording> {
    const file = path.join(checkout.directory, "report.json");
    const started = Date.now();
    const lines: Line[] = [];
    let rest = "";
    const command = checkout.launch(["start", "--report", file], {
        onOutput: (text) => {
            const at = Math.round((Date.now() - started) / 100) / 10;
            const parts = (rest + text).split("\n");
            rest = parts.pop() ?? "";
            lines.push(...parts.map((line) => ({ at, text: line.trimEnd() })));
        },
    });
    const { code, output } = await command.ended;
    if (code !== 0) {
        throw new Error(output);
    }
    const report = JSON.parse(fs.readFileSync(file, "utf8")) as Report;
    const layers = await layersOf(checkout);
    const listed = new Set(readTree(checkout.path("gitops"), "staging").layers.map(({ name }) => name));
    return {
        date: new Date(started).toISOString().slice(0, 10),
        seconds: Math.round(report.ms / 100) / 10,
        resources: report.changes.create,
        files: report.git.files,
        calls: report.calls,
        lines,
        layers: layers
            .filter(({ name }) => listed.has(name))
            .map(({ name, after, since }) => ({
                ...{ name, after },
                ready: Math.round((Date.parse(since) - started) / 1000),
            })),
    };
}

async function layersOf(checkout: Checkout): Promise<readonly Layer[]> {
    const command = ["node", "tools/setup.mjs", "tools/status/cli.ts", "--stack", "staging", "--sandbox", "--json"];
    const { layers } = JSON.parse(await checkout.output("exec", ...command)) as Status;
    if (!isKnown(layers)) {
        throw new Error(layers.unknown);
    }
    return layers;
}

void main();
