import { isDeepStrictEqual } from "node:util";
import type { Rehearsed } from "./disaster";
import { leaveMarks, type Marks, readMarks } from "./marks";
import type { Stage } from "./stage";

/**
 * Leaves data, has the disaster happen, types its one command, and compares: exactly the marks that the disaster says
 * it loses are gone, everything is Ready, and an update has nothing left to do. Gives the seconds of the command.
 *
 * @throws Error if the disaster does not happen, if its command fails, or if something else is lost.
 */
export async function rehearse(
    { name, fix, losesMarks = [], strike, check }: Rehearsed,
    stage: Stage,
): Promise<number> {
    await leaveMarks(stage);
    const before = await readMarks(stage);
    await strike(stage);
    const start = Date.now();
    await fix?.type(stage);
    const seconds = (Date.now() - start) / 1000;
    // A command beside Pulumi ends before Flux has followed it.
    await stage.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
    await check?.(stage);
    const lost = differences(before, await readMarks(stage));
    if (!isDeepStrictEqual(lost, [...losesMarks].sort())) {
        throw new Error(
            `${name} lost ${lost.join(", ") || "nothing"}, and should lose ${losesMarks.join(", ") || "nothing"}`,
        );
    }
    return seconds;
}

function differences(before: Marks, after: Marks): string[] {
    return Object.keys(before)
        .filter((mark) => before[mark] !== after[mark])
        .sort();
}
