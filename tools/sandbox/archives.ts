import * as path from "node:path";
import { preparePrograms } from "../tree/programs";
import { pinsOf } from "../tree/published/pins";
import { openShelf, requireAll } from "../tree/published/shelf";
import { renderTree } from "../tree/render";
import { type ArchiveFile, SandboxError } from "@landfall/sandbox";

/**
 * The archives of every chart that the tree installs, for `--charts published`; undefined for stand-ins.
 *
 * @throws TreeError naming the charts that are not in the cache, and the command that brings them.
 */
export async function archivesFor(repository: string, charts: string): Promise<ArchiveFile[] | undefined> {
    if (charts === "stand-ins") {
        return undefined;
    }
    if (charts !== "published") {
        throw new SandboxError(`--charts ${charts}: write published or stand-ins`);
    }
    await preparePrograms();
    const shelf = openShelf(repository);
    const pins = pinsOf(await renderTree(path.join(repository, "gitops")));
    requireAll(shelf, pins);
    return pins.map((pin) => ({ file: shelf.archive(pin) ?? "", published: [pin.source] }));
}
