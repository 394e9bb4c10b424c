import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import type { Recording } from "./recording";

/** Has the figures of the recorded start on its first screen. */
export const readmeFile = path.join(__dirname, "../../README.md");

const begin = "<!-- figures: made by npm run pictures -->";
const end = "<!-- end of figures -->";

/** The README with the figures of a recording between its markers. Throws when it lacks a marker. */
export async function withFigures(readme: string, recording: Recording): Promise<string> {
    const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
    if (from < 0 || to < from) {
        throw new Error(`README.md needs the lines ${begin} and ${end}`);
    }
    const text = `${readme.slice(0, from + begin.length)}\n\n${figures(recording)}\n\n${readme.slice(to)}`;
    return prettier.format(text, { ...(await prettier.resolveConfig(readmeFile)), parser: "markdown" });
}

export function readReadme(): string {
    return fs.readFileSync(readmeFile, "utf8");
}

function figures({ date, seconds, resources, files, calls, layers }: Recording): string {
    const rows = [
        [`**${seconds.toFixed(0)} s**`, `from nothing to ${layers.length} layers Ready, ${resources} resources made`],
        [`**${calls.github} calls, 1 commit**`, `to GitHub, for ${files} files and their repository`],
        [
            `**${calls.azure} calls**`,
            "to Azure, each checked against its published interface and the roles of the deployer",
        ],
    ];
    const table = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
    return `| Measured | ${date}, in the sandbox |\n| - | - |\n${table}`;
}
