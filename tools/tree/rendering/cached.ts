import * as fs from "node:fs/promises";
import * as path from "node:path";

/** What is in a file as JSON; else makes it, and puts it there. */
export async function cachedOr<Made>(file: string, make: () => Promise<Made>): Promise<Made> {
    const text = await fs.readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") {
            throw error;
        }
        return undefined;
    });
    if (text !== undefined) {
        return JSON.parse(text) as Made;
    }
    const made = await make();
    await fs.mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    await fs.writeFile(temporary, JSON.stringify(made));
    await fs.rename(temporary, file);
    return made;
}
