import type { Problem } from "../../settings/settings-rules";
import type { Answer } from "../finding";
import { missingNodes, type PlannedPool, plannedPools } from "./planned-pools";
import type { Subscription, VmSize } from "./subscription";

/** Microsoft.Compute, Usage - List, 2024-07-01. */
interface Usage {
    readonly name: { readonly value: string; readonly localizedValue?: string };
    readonly currentValue: number;
    readonly limit: number;
}

interface Demand {
    readonly vcpus: number;
    readonly keys: ReadonlySet<string>;
}

const regional = "cores";
const spot = "lowPriorityCores";

/**
 * Whether the subscription's quota has room for the vCPUs of every pool's minCount, less those that its nodes have
 * already: by family of sizes and for all of the region, spot machines apart.
 */
export async function quota(subscription: Subscription): Promise<Answer> {
    const { settings } = subscription.subject;
    const missing = missingNodes(plannedPools(settings), await subscription.pools());
    if (missing.length === 0) {
        return {};
    }
    const path = `${subscription.scope}/providers/Microsoft.Compute/locations/${settings.clusterLocation}/usages`;
    const [sizes, usages] = await Promise.all([
        subscription.vmSizes(),
        subscription.list(`${path}?api-version=2024-07-01`) as Promise<Usage[]>,
    ]);
    const demands = new Map<string, Demand>();
    for (const { pool, nodes } of missing) {
        const size = sizes.get(pool.vmSize.toLowerCase());
        for (const name of size ? quotasOf(pool, size) : []) {
            const { vcpus, keys } = demands.get(name) ?? { vcpus: 0, keys: new Set() };
            demands.set(name, { vcpus: vcpus + nodes * (size?.vcpus ?? 0), keys: new Set([...keys, pool.key]) });
        }
    }
    return {
        problems: [...demands].flatMap(([name, demand]) => {
            const usage = usages.find((candidate) => candidate.name.value.toLowerCase() === name.toLowerCase());
            return usage ? shortage(subscription, usage, demand) : [];
        }),
    };
}

function quotasOf(pool: PlannedPool, size: VmSize): string[] {
    return pool.spot ? [spot] : [size.family, regional];
}

function shortage(
    { scope, subject }: Subscription,
    { name, currentValue, limit }: Usage,
    { vcpus, keys }: Demand,
): Problem[] {
    if (currentValue + vcpus <= limit) {
        return [];
    }
    const { clusterLocation: location } = subject.settings;
    const what = name.localizedValue ?? name.value;
    const message =
        `the pools need ${vcpus} vCPUs more of "${what}" in ${location}, but ${currentValue} of ${limit} are in use; ` +
        `lower minCount, choose another size, or ask for more: az quota create --resource-name ${name.value} ` +
        `--scope ${scope}/providers/Microsoft.Compute/locations/${location} --resource-type dedicated ` +
        `--limit-object value=${currentValue + vcpus}`;
    return [{ key: [...keys].join(", "), message }];
}
