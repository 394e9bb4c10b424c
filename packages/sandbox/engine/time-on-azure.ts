import * as fs from "node:fs";
import * as path from "node:path";
import { type CriticalPath, criticalPath, type Step } from "./critical-path";
import type { StepTimes } from "./event-log";

/** What the stand-in for Azure did for a resource, and how long that was recorded to take at Azure. */
export interface AzureOperation {
    readonly resourceId: string;
    readonly kind: "write" | "delete" | "action";
    readonly seconds: number;
}

/** Of a resource in a stack's state, what decides when it can begin. */
interface StateResource {
    readonly urn: string;
    readonly id?: string;
    readonly custom: boolean;
    readonly parent?: string;
    readonly dependencies?: readonly string[];
}

/**
 * How long an update would take at Azure, and which chain of resources it waits for: what Azure does takes as long as
 * it was recorded to take, everything else as long as it took here.
 */
export function timeOnAzure(
    resources: readonly StateResource[],
    operations: readonly AzureOperation[],
    times: StepTimes,
): CriticalPath {
    const written = new Map<string, number>();
    for (const { resourceId, kind, seconds } of operations) {
        if (kind === "write") {
            const id = resourceId.toLowerCase();
            written.set(id, (written.get(id) ?? 0) + seconds);
        }
    }
    const children = new Map<string, string[]>();
    for (const { urn, parent } of resources) {
        if (parent !== undefined) {
            children.set(parent, [...(children.get(parent) ?? []), urn]);
        }
    }
    const custom = new Map(resources.map((resource) => [resource.urn, resource.custom]));
    // Whoever depends on a component waits for all that is in it.
    const within = (urn: string): string[] =>
        custom.get(urn) === false ? (children.get(urn) ?? []).flatMap(within) : [urn];
    const steps = resources
        .filter((resource) => resource.custom)
        .map(({ urn, id = "", dependencies = [] }): Step => {
            const seconds = written.get(id.toLowerCase()) ?? times.get(urn) ?? 0;
            return { name: urn, seconds, waitsFor: dependencies.flatMap(within).filter((other) => other !== urn) };
        });
    const { seconds, chain } = criticalPath(steps);
    const named = chain.map((step) => ({ name: step.name.split("::").at(-1) ?? step.name, seconds: step.seconds }));
    return { seconds, chain: named.filter((step) => step.seconds > 0) };
}

/** What the engine left of a stack in the sandbox. */
interface Deployment {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly { readonly type: string }[];
}

/** The resources of a stack's state as the engine left it in the sandbox; none when there is no state. */
export function readState(directory: string, stack: string): readonly StateResource[] {
    return readDeployment(directory, stack).resources ?? [];
}

/** The whole state, which is empty when there is none. */
export function readDeployment(directory: string, stack: string): Deployment {
    const stacks = path.join(directory, "pulumi", ".pulumi", "stacks");
    const projects = fs.existsSync(stacks) ? fs.readdirSync(stacks) : [];
    const file = projects
        .map((project) => path.join(stacks, project, `${stack}.json`))
        .find((name) => fs.existsSync(name));
    if (file === undefined) {
        return {};
    }
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as { checkpoint?: { latest?: Deployment } };
    return state.checkpoint?.latest ?? {};
}
