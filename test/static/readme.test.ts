import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const root = path.join(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

describe("README.md", () => {
    const readme = read("README.md");

    it("has a row for each setting, and for no other", () => {
        const { config } = parse(read("Pulumi.yaml")) as { config: Record<string, unknown> };
        const table = section(readme, "Settings");
        const rows = [...table.matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, names = ""]) => words(names));
        const own = Object.keys(config).filter((name) => !name.includes(":"));
        assert.deepEqual(rows.sort(), own.sort());
    });

    it("has a line for each folder that a reader opens", () => {
        const layout = section(readme, "Layout of the repository");
        const folders = new Map<string, string[]>();
        let parent = "";
        for (const [, indent = "", name = ""] of layout.matchAll(/^( *)([\w-]+)\/(?= |$)/gm)) {
            parent = indent === "" ? name : parent;
            folders.set(parent, [...(folders.get(parent) ?? []), ...(indent === "" ? [] : [name])]);
        }
        assert.deepEqual([...folders.keys()].sort(), foldersIn("."));
        for (const [folder, listed] of folders) {
            if (listed.length > 0) {
                assert.deepEqual(listed.sort(), foldersIn(folder), `the folders of ${folder}/`);
            }
        }
    });
});

function section(text: string, heading: string): string {
    const [, found] = text.split(`\n## ${heading}\n`);
    assert.ok(found, `no section ${heading}`);
    return found.split("\n## ")[0] ?? "";
}

function words(names: string): string[] {
    return [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

function foldersIn(folder: string): string[] {
    return fs
        .readdirSync(path.join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
        .map(({ name }) => name)
        .sort();
}
