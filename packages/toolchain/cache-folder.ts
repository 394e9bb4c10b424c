import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ToolchainError } from "./toolchain-error";

/** Where the programs of every set of versions lie. */
export function toolchainFolder(cache: string): string {
    return join(cache, "toolchain");
}

/** Programs that somebody else put into the cache would run as the user. Root's may be shared. */
export async function checkCache(folder: string): Promise<void> {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") {
            throw error;
        }
        return undefined;
    });
    const user = process.getuid?.();
    if (found && user !== undefined && (![user, 0].includes(found.uid) || (found.mode & 0o002) !== 0)) {
        throw new ToolchainError(
            `${folder} is not yours alone, so what is in it may be another user's; set LANDFALL_CACHE to a folder of your own`,
        );
    }
}

/** `$LANDFALL_CACHE`, or `landfall` in `$XDG_CACHE_HOME` (`~/.cache`). */
export function cacheFolder(): string {
    const { LANDFALL_CACHE, XDG_CACHE_HOME } = process.env;
    if (isSet(LANDFALL_CACHE)) {
        return LANDFALL_CACHE;
    }
    return join(isSet(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache"), "landfall");
}

/** An empty variable counts as unset, as the XDG base directory specification says. */
function isSet(variable: string | undefined): variable is string {
    return variable !== undefined && variable !== "";
}
