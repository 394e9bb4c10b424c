import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stopRecorded } from "../processes";
import { shortFolders } from "./short-folder";

/**
 * Ends the processes that a killed daemon left of the cluster in a state folder, and removes what it keeps outside of
 * the folder. Does nothing when the cluster was stopped.
 */
export async function clearCluster(directory: string): Promise<void> {
    await stopRecorded(recordsOf(directory));
    await Promise.all(shortFolders(directory).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Where the processes of a cluster are recorded. */
export function recordsOf(directory: string): string {
    return join(directory, "processes");
}
