import { physicalNames } from "../../components/settings/naming";
import { readStackConfig } from "../doctor/stack-config";
import type { ExistingNetwork, Found } from "./surroundings";

/** A range that something has, and what that is. */
export interface TakenRange {
    readonly owner: string;
    readonly range: string;
}

/** The ranges of a subscription's networks, but for the stack's own, which is there once an `up` has made it. */
export function rangesInUse(
    networks: Found<readonly ExistingNetwork[]>,
    scope: { readonly project: string; readonly stack: string; readonly subscriptionId: string },
): Found<readonly TakenRange[]> {
    if ("reason" in networks) {
        return networks;
    }
    const names = physicalNames(scope);
    const isOwn = ({ name, group }: ExistingNetwork) =>
        name.toLowerCase() === names.network.toLowerCase() && group.toLowerCase() === names.clusterGroup.toLowerCase();
    return {
        value: networks.value
            .filter((network) => !isOwn(network))
            .flatMap(({ name, group, ranges }) =>
                ranges.map((range) => ({ owner: `the network ${name} in ${group}`, range })),
            ),
    };
}

/** The ranges that other stacks of the repository name. */
export function rangesOfStacks(repository: string, stacks: readonly string[]): TakenRange[] {
    return stacks.flatMap((stack) => {
        const { raw } = readStackConfig(repository, stack);
        return ["vnetCidr", "podCidr", "serviceCidr"].flatMap((key) => {
            const range = raw[`landfall:${key}`];
            return typeof range === "string" ? [{ owner: `landfall:${key} of stack ${stack}`, range }] : [];
        });
    });
}
