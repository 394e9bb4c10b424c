import type { Answer } from "../finding";
import type { Subscription } from "./subscription";

/** Whether the group of the nodes is free: AKS makes it together with the cluster, and takes none that exists. */
export async function nodeGroup(subscription: Subscription): Promise<Answer> {
    const { nodeGroup: name } = subscription.subject.names;
    const [pools, exists] = await Promise.all([subscription.pools(), subscription.groupExists(name)]);
    if (pools.size > 0 || !exists) {
        return {};
    }
    const message =
        "AKS makes this resource group for the nodes itself, but it exists and there is no cluster; if nothing in it is " +
        `needed: az group delete --name ${name}`;
    return { problems: [{ key: name, message }] };
}
