import type { StateResource } from "../../components/recovery/stack-state";
import { Attempt, update } from "./attempt";
import { confirm } from "./confirm";
import type { Engine } from "./engine";
import type { Groups } from "./halves";
import type { Journal, JournalFile } from "./journal";
import { type Plan, readPlan, refusals, removalOf } from "./plan";
import { planText } from "./plan-text";
import { RebuildError } from "./rebuild-error";
import { type Report, reportOf } from "./report";
import { withVolumes } from "./with-volumes";

export interface RebuildOptions {
    readonly engine: Engine;
    readonly groups: Groups;
    readonly journal: JournalFile;
    /** Whether nobody is asked. */
    readonly yes: boolean;
    /** Whether to say what would happen, and no more. */
    readonly planOnly: boolean;
    /** Whether workloads make their volumes empty. */
    readonly withoutVolumes: boolean;
    /** Commands for what a rebuild leaves to people. */
    readonly left: readonly string[];
}

/**
 * Replaces the replaceable half of a stack, and waits until everything is back. What was interrupted goes on: what the
 * state has from before the beginning is removed, and what it has from after stays.
 *
 * @returns undefined if only the plan was asked for.
 * @throws RebuildError if it is refused, or if the engine fails.
 */
export async function rebuild(options: RebuildOptions): Promise<Report | undefined> {
    const { engine, journal: file } = options;
    const { stack } = engine.place;
    const plan = await readPlan(engine, options.groups);
    const earlier = file.read();
    if (options.planOnly || !earlier) {
        console.log(planText(stack, plan));
        await refuse(engine, plan);
    }
    if (options.planOnly) {
        return undefined;
    }
    if (earlier) {
        console.log(`Goes on with the rebuild of stack ${stack} that was begun at ${earlier.begun}.`);
    } else {
        await confirm("Type the stack's name to replace what is listed: ", stack, options.yes);
    }
    const run = new Attempt(file, earlier ?? firstOf(plan));
    try {
        if (isOld(plan, run.journal)) {
            await run.phase("removal", () => engine.follow(...removalOf(plan), "--yes", "--skip-preview"));
        }
        await withVolumes(engine, options.withoutVolumes ? [] : run.journal.stores, () => update(engine, run));
    } catch (error) {
        if (error instanceof RebuildError) {
            throw new RebuildError(`${error.message}\nThe same command goes on where this one ended.`);
        }
        throw error;
    }
    file.remove();
    return reportOf(stack, run.journal, options.left);
}

function firstOf({ stores }: Plan): Journal {
    return { begun: new Date().toISOString(), attempts: 0, phases: [], stores };
}

async function refuse(engine: Engine, plan: Plan): Promise<void> {
    const problems = await refusals(engine, plan);
    if (problems.length > 0) {
        throw new RebuildError(
            ["Refused, and nothing was changed:", ...problems.map((problem) => `  ${problem}`)].join("\n"),
        );
    }
}

/**
 * Whether there is something left to remove. What a killed engine had begun in the cluster's half goes with the
 * resource group of the cluster, also where the state does not know whether it was made.
 */
function isOld({ replaced, pending }: Plan, { begun }: Journal): boolean {
    const isBefore = ({ created }: StateResource) => created === undefined || Date.parse(created) < Date.parse(begun);
    return replaced.some(isBefore) || pending.length > 0;
}
