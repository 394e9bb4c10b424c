import { readFile } from "node:fs/promises";

/** The text of a file; undefined if there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}
