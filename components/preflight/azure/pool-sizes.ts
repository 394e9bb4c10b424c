import type { Problem } from "../../settings/settings-rules";
import type { Answer } from "../finding";
import { newPools, type PlannedPool, plannedPools } from "./planned-pools";
import type { Subscription, VmSize } from "./subscription";

/** Whether the region offers the sizes of new pools to this subscription, in their zones. */
export async function poolSizes(subscription: Subscription): Promise<Answer> {
    const { settings } = subscription.subject;
    const location = settings.clusterLocation;
    const pools = newPools(plannedPools(settings), await subscription.pools());
    if (pools.length === 0) {
        return {};
    }
    const sizes = await subscription.vmSizes();
    const problems = pools.flatMap((pool) => problemOf(pool, sizes.get(pool.vmSize.toLowerCase()), location));
    // Pools of several zones say the same of their size.
    return { problems: [...new Map(problems.map((problem) => [problem.key + problem.message, problem])).values()] };
}

function problemOf(pool: PlannedPool, size: VmSize | undefined, location: string): Problem[] {
    const list = `az vm list-skus --location ${location} --resource-type virtualMachines --all --output table`;
    const key = `${pool.key}.vmSize`;
    if (!size) {
        return [{ key, message: `${location} does not offer ${pool.vmSize}; choose one that it does: ${list}` }];
    }
    if (size.refusal !== undefined) {
        const message =
            `this subscription cannot use ${pool.vmSize} in ${location} (${size.refusal}); choose another size or ` +
            `region, or ask Azure's support for access: ${list}`;
        return [{ key, message }];
    }
    const missing = pool.zones.filter((zone) => !size.zones.includes(zone));
    const offered = size.zones.length > 0 ? `zones ${[...size.zones].sort().join(", ")}` : "no zones";
    const message = `${pool.vmSize} is not to be had in zone ${missing.join(", ")} of ${location}, which offers ${offered}`;
    return missing.length === 0
        ? []
        : [{ key: `${pool.key}.zones`, message: `${message} to this subscription: ${list}` }];
}
