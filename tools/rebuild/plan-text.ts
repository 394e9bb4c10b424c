import { kindOf, nameOf, type StateResource } from "../../components/recovery/stack-state";
import type { Plan } from "./plan";
import { storeLines } from "./stores";

/** What a person reads before anything is removed. */
export function planText(stack: string, plan: Plan): string {
    return [
        `Rebuild of stack ${stack}`,
        "",
        `Survives, and is not touched: ${plan.survives.length} resources`,
        ...byKind(plan.survives),
        "",
        `Is replaced: ${plan.replaced.length} resources`,
        ...byKind(plan.replaced),
        "",
        "Comes back from the newest good backup; what was written since then is lost:",
        ...storeLines(plan.stores, new Date()),
        ...(plan.pending.length === 0
            ? []
            : ["", `Was begun by an update that was cut off: ${plan.pending.map(nameOf).join(", ")}`]),
        "",
    ].join("\n");
}

/** A line for each kind, in the order in which the state has them, which is that of their making. */
export function byKind(resources: readonly StateResource[]): string[] {
    const kinds = new Map<string, string[]>();
    for (const resource of resources) {
        const kind = kindOf(resource);
        kinds.set(kind, [...(kinds.get(kind) ?? []), nameInAzure(resource)]);
    }
    return [...kinds].map(([kind, names]) => `  ${kind}  ${names.length > 3 ? names.length : names.join(", ")}`);
}

/** People know a resource by its name in Azure or Kubernetes. */
function nameInAzure(resource: StateResource): string {
    return resource.id?.split("/").at(-1) ?? nameOf(resource);
}
