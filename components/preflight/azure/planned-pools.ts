import { agentPoolName, systemPoolName } from "../../settings/naming";
import type { Settings } from "../../settings/settings";
import type { ExistingPool } from "./subscription";

/** An AKS pool that the settings ask for. */
export interface PlannedPool {
    /** The setting that it follows from, such as `landfall:userPools.apps`. */
    readonly key: string;
    readonly name: string;
    readonly vmSize: string;
    /** Zones that its nodes are spread over. */
    readonly zones: readonly string[];
    readonly minCount: number;
    readonly spot: boolean;
}

/** Every pool of the settings, one in each zone for user pools. */
export function plannedPools({ systemPool, userPools }: Settings): PlannedPool[] {
    const users = Object.entries(userPools).flatMap(([pool, { zones, ...settings }]) =>
        (zones.length > 0 ? zones : [undefined]).map((zone) => ({
            ...settings,
            key: `landfall:userPools.${pool}`,
            name: agentPoolName(pool, zone),
            zones: zone === undefined ? [] : [zone],
        })),
    );
    return [{ ...systemPool, key: "landfall:systemPool", name: systemPoolName, spot: false }, ...users];
}

/** Those of which nodes have to be made, and how many: a pool that has them already asks for nothing. */
export function missingNodes(
    planned: readonly PlannedPool[],
    existing: ReadonlyMap<string, ExistingPool>,
): { readonly pool: PlannedPool; readonly nodes: number }[] {
    return planned
        .map((pool) => {
            const there = existing.get(pool.name);
            const kept = there?.vmSize.toLowerCase() === pool.vmSize.toLowerCase() ? there.count : 0;
            return { pool, nodes: pool.minCount - kept };
        })
        .filter(({ nodes }) => nodes > 0);
}

/** Those of which no pool is there, or one of another size. */
export function newPools(
    planned: readonly PlannedPool[],
    existing: ReadonlyMap<string, ExistingPool>,
): readonly PlannedPool[] {
    return planned.filter(({ name, vmSize }) => existing.get(name)?.vmSize.toLowerCase() !== vmSize.toLowerCase());
}
