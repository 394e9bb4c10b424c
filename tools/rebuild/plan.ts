import { kindOf, nameOf, type StateResource } from "../../components/recovery/stack-state";
import type { Engine } from "./engine";
import { foresee, type Step } from "./foreseen";
import { type Groups, type Halves, halvesOf } from "./halves";
import { RebuildError } from "./rebuild-error";
import { readStores, type Store } from "./stores";

/** What a rebuild is going to do with a stack. */
export interface Plan extends Halves {
    /** What was begun on the stack and never ended. */
    readonly pending: readonly StateResource[];
    /** Where data comes back from. */
    readonly stores: readonly Store[];
}

/** @throws RebuildError if the stack has nothing. */
export async function readPlan(engine: Engine, groups: Groups): Promise<Plan> {
    const { deployment } = await engine.state();
    const resources = deployment.resources ?? [];
    if (!resources.some(({ custom }) => custom)) {
        throw new RebuildError(
            `the state of stack ${engine.place.stack} is empty: there is nothing to rebuild. If the state was lost, add --state-lost, which takes over what is there; if there never was a platform, pulumi up makes one`,
        );
    }
    const pending = (deployment.pending_operations ?? []).map(({ resource }) => resource);
    const halves = halvesOf(resources, groups);
    return { ...halves, pending, stores: await readStores(halves.survives) };
}

/** Steps after which a resource is not what it was. */
const destroying = new Set(["delete", "delete-replaced", "replace", "create-replacement", "discard"]);

/**
 * Why a rebuild may not begin, a line each: something that must survive would be touched by the removal or by the
 * update after it, or that update would fail.
 */
export async function refusals(engine: Engine, plan: Plan): Promise<readonly string[]> {
    const conflicts = plan.conflicts.map(
        (resource) =>
            `${label(resource)} must survive, and hangs on what is replaced; nothing durable may wait for the cluster`,
    );
    if (conflicts.length > 0) {
        return conflicts;
    }
    const survives = new Map(plan.survives.map((resource) => [resource.urn, resource]));
    const named = (steps: readonly Step[], text: string) =>
        [...new Set(steps.filter(({ op }) => destroying.has(op)).map(({ urn }) => urn))].flatMap((urn) => {
            const resource = survives.get(urn);
            return resource ? [`${label(resource)} must survive, and ${text}`] : [];
        });
    const removal = await engine.answer([...removalOf(plan), "--preview-only", "--json"]);
    if (removal.code !== 0) {
        return [`the engine cannot plan the removal: ${removal.stderr.trim() || removal.stdout.trim()}`];
    }
    const removed = (JSON.parse(removal.stdout) as { steps?: readonly Step[] }).steps ?? [];
    const gone = new Set(removed.filter(({ op }) => op === "delete").map(({ urn }) => urn));
    const { steps, errors } = await foresee(engine, gone);
    return [
        ...named(removed, "would be deleted"),
        ...named(
            steps,
            "would be replaced or deleted by the update that follows: undo what changed it in the stack file or the program",
        ),
        ...errors.map((error) => `the update that follows would fail: ${error}`),
    ];
}

/**
 * The command that removes the replaceable half. It names what stays and not what goes: so it is safe, and the engine
 * plans it, where a list of targets makes it ask a provider that it has closed.
 */
export function removalOf({ survives }: Halves): string[] {
    return ["destroy", ...survives.flatMap(({ urn }) => ["--exclude", urn])];
}

function label(resource: StateResource): string {
    return `${kindOf(resource)} ${nameOf(resource)}`;
}
