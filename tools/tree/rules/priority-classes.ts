import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { entriesWithin } from "../object";
import { inEveryCluster, type Manifest, type Tree } from "../tree";

const always = ["system-cluster-critical", "system-node-critical"].map((name) => `PriorityClass ${name}`);

/**
 * Every priority class that a pod or a value names is made by this layer or one before it: pods without one are
 * refused.
 */
export function priorityClasses(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => unmetNeeds(cluster, priorityClassNeeds));
}

export const priorityClassNeeds: Needs = { of: needs, always, own: true };

function needs({ object }: Manifest): Need[] {
    return [...entriesWithin(object)]
        .filter(({ key, value }) => /priorityClass(Name)?$/i.test(key) && typeof value === "string" && value !== "")
        .map(({ path, value }) => ({ path, what: `PriorityClass ${String(value)}` }));
}
