import * as fs from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../sandbox-error";

/** The user that this process runs as; undefined where the system has no such numbers. */
const ownUser = process.getuid?.();
const othersMayWrite = 0o022;
const advice = "set LANDFALL_SANDBOX to a folder of your own";

/**
 * Refuses a folder that a sandbox may not trust. Its path is known, and in the temporary folder anybody can be there
 * first: whoever writes the session decides which programs the commands run, and with which credentials.
 *
 * @throws SandboxError if the folder is another user's, no folder, or open to others with something in it.
 */
export function checkOwnFolder(directory: string, user = ownUser): void {
    const found = checkOwner(directory, user);
    if (!found) {
        return;
    }
    if (!found.isDirectory()) {
        throw new SandboxError(`${directory} is no folder; remove it, or ${advice}`);
    }
    if ((found.mode & othersMayWrite) !== 0 && fs.readdirSync(directory).length > 0) {
        throw new SandboxError(
            `Other users may write to ${directory}, so what is in it may be theirs; remove it, or ${advice}`,
        );
    }
}

/** Makes the folder, for its user alone. Throws as `checkOwnFolder` does. */
export function makeOwnFolder(directory: string, user = ownUser): void {
    fs.mkdirSync(path.dirname(directory), { recursive: true });
    try {
        fs.mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
        }
    }
    checkOwnFolder(directory, user);
    fs.chmodSync(directory, 0o700);
}

/**
 * Refuses a file that a sandbox may not trust.
 *
 * @returns whether the file is there.
 * @throws SandboxError if it is another user's, no file, or open to others.
 */
export function checkOwnFile(file: string, user = ownUser): boolean {
    const found = checkOwner(file, user);
    if (found && (!found.isFile() || (found.mode & othersMayWrite) !== 0)) {
        throw new SandboxError(`${file} is no file that you alone may write; remove it, or ${advice}`);
    }
    return found !== undefined;
}

function checkOwner(name: string, user: number | undefined): fs.Stats | undefined {
    const found = fs.lstatSync(name, { throwIfNoEntry: false });
    if (found && user !== undefined && found.uid !== user) {
        throw new SandboxError(`${name} belongs to another user (${found.uid}, you are ${user}); ${advice}`);
    }
    return found;
}
