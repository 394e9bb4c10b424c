import type { Session, Workspace } from "../world/session";
import { exitOf, startPulumi } from "./engine";
import { readDeployment } from "./time-on-azure";

/**
 * Has the engine forget what killed updates had begun to create, for when an update has succeeded since then: it names
 * each in a warning until somebody tells it to. Gives a line that says so.
 */
export async function forgetInterrupted(place: Workspace, session: Session, stack: string): Promise<string[]> {
    const { resources = [], pending_operations: pending = [] } = readDeployment(place.directory, stack);
    const interrupted = pending.filter(({ type }) => type === "creating").length;
    const root = resources.find(({ urn }) => urn.includes("::pulumi:pulumi:Stack::"))?.urn;
    if (interrupted === 0 || root === undefined) {
        return [];
    }
    // Of the stack alone, so that nothing else is looked at.
    const refresh = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--target", root];
    const code = await exitOf(startPulumi(place, session, stack, refresh, ["ignore", "ignore", "inherit"]));
    if (code !== 0) {
        throw new Error(`pulumi ${refresh.join(" ")} failed with exit code ${code}`);
    }
    return [`Updates that were killed had begun to create ${interrupted} resources: that is done, and forgotten.`];
}
