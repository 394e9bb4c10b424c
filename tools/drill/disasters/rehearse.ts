import { isDeepStrictEqual } from "node:util";
import type { Disaster } from "./disaster";
import { leaveMarks, type Marks, readMarks } from "./marks";
import type { Stage } from "./stage";

export interface Rehearsal {
    readonly name: string;
    /** From the repair's command to its end. */
    readonly seconds: number;
}

/**
 * Leaves data, has the disaster happen, types its one command, and compares: exactly the marks that the disaster says
 * it loses are gone, everything is Ready, and an update has nothing left to do.
 *
 * @throws Error if the disaster does not happen, if its command fails, or if something else is lost.
 */
export async function rehearse({ name, fix, losesMarks = [], strike }: Disaster, stage: Stage): Promise<Rehearsal> {
    await leaveMarks(stage);
    // Flux has followed the marks: what an update changes afterwards is the disaster's.
    await stage.repair({ tool: "pulumi", args: ["up"] });
    const before = await readMarks(stage);
    await strike(stage);
    const start = Date.now();
    await stage.repair(fix);
    const seconds = Math.round((Date.now() - start) / 100) / 10;
    const lost = differences(before, await readMarks(stage));
    if (!isDeepStrictEqual(lost, [...losesMarks].sort())) {
        throw new Error(
            `${name} lost ${lost.join(", ") || "nothing"}, and should lose ${losesMarks.join(", ") || "nothing"}`,
        );
    }
    const { code, output } = await stage.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    if (code !== 0) {
        throw new Error(`${name}: an update after the repair has something left to do\n${output}`);
    }
    return { name, seconds };
}

function differences(before: Marks, after: Marks): string[] {
    return Object.keys(before)
        .filter((mark) => before[mark] !== after[mark])
        .sort();
}
