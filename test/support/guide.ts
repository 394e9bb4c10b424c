import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** The commands of a page of docs/: the lines of its `sh` blocks, which a test runs as they stand there. */
export class Guide {
    /** Commands that nobody has run yet: section and line. */
    private readonly left = new Set<string>();
    private readonly sections = new Map<string, string[]>();

    /** `environment` is that of the person who types. */
    constructor(
        file: string,
        private readonly environment: () => Promise<{ readonly cwd: string; readonly env: NodeJS.ProcessEnv }>,
    ) {
        let section = "";
        let isCommand = false;
        for (const line of fs.readFileSync(path.join(__dirname, "../../docs", file), "utf8").split("\n")) {
            if (line.startsWith("```")) {
                isCommand = line === "```sh";
            } else if (isCommand) {
                this.sections.set(section, [...(this.sections.get(section) ?? []), line]);
                this.left.add(`${section}: ${line}`);
            } else {
                section = /^##+ (.*)/.exec(line)?.[1] ?? section;
            }
        }
    }

    /** Runs the command of a section that begins so. Gives what it prints, whether it fails or not. */
    async type(section: string, start: string): Promise<string> {
        const lines = (this.sections.get(section) ?? []).filter((line) => line.startsWith(start));
        assert.equal(lines.length, 1, `commands that start with "${start}" in "${section}": ${lines.join("; ")}`);
        const [line = ""] = lines;
        this.left.delete(`${section}: ${line}`);
        const { cwd, env } = await this.environment();
        return new Promise((resolve) => {
            execFile("sh", ["-c", line], { cwd, env }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
        });
    }

    /** The commands that no test has run. */
    notRun(): string[] {
        return [...this.left];
    }
}
