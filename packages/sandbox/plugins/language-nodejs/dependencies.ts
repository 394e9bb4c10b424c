import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The packages that the program's own package.json names, with the versions it asks for; none without the file. */
export function directDependencies(directory: string): { name: string; version: string }[] {
    let text: string;
    try {
        text = readFileSync(join(directory, "package.json"), "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return [];
        }
        throw error;
    }
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    return Object.entries(dependencies).map(([name, version]) => ({ name, version }));
}
