import * as fs from "node:fs";
import * as path from "node:path";
import { TreeError } from "./tree-error";

/**
 * Checks the name of something that is added. It becomes the name of a folder and of a namespace.
 *
 * @param what what has the name, for the message.
 * @param taken files and folders of which none may exist, from `root`.
 * @throws TreeError if the name is invalid, or if one of them exists.
 */
export function checkNewName(root: string, what: string, name: string, taken: readonly string[]): void {
    if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
        const rule =
            "1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen";
        throw new TreeError(`${name} cannot be the name of ${what}: write ${rule}`);
    }
    const existing = taken.find((file) => fs.existsSync(path.join(root, file)));
    if (existing !== undefined) {
        throw new TreeError(
            `${what} ${name} cannot be added: ${existing} exists; choose another name, or remove it first`,
        );
    }
}

/** Writes new files, and gives their names. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): string[] {
    for (const [file, text] of Object.entries(files)) {
        const full = path.join(root, file);
        fs.mkdirSync(path.dirname(full), { recursive: true });
        fs.writeFileSync(full, text);
    }
    return Object.keys(files);
}
