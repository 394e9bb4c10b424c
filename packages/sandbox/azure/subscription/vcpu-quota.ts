import type { Properties } from "../../plugins/provider";
import type { PoolInputs } from "../aks/cluster-inputs";
import { poolsOf } from "../aks/nodes";
import { ArmError } from "../arm/arm-error";
import { normalizeRegion } from "../arm/regions";
import type { AzureState } from "../state";
import { familyNames, vmSizeOf } from "./vm-sizes";

/** A subscription that has paid for a while; a new pay-as-you-go one has 20 in a region. */
const usualLimits: Readonly<Record<string, number>> = { cores: 350, lowPriorityCores: 350 };
const usualFamilyLimit = 100;

/** Microsoft.Compute, Usage - List, 2024-07-01. */
export function listUsages(state: AzureState, location: string): Properties {
    const names = [
        { name: "cores", title: "Total Regional vCPUs" },
        { name: "lowPriorityCores", title: "Total Regional Spot vCPUs" },
        ...familyNames(),
    ];
    const used = usedVcpus(state, location);
    return {
        value: names.map(({ name, title }) => ({
            limit: limitOf(state, name),
            unit: "Count",
            currentValue: used.get(name) ?? 0,
            name: { value: name, localizedValue: title },
        })),
    };
}

/**
 * A pool's machines have to fit beside those that run.
 * @throws an ArmError as AKS answers.
 */
export function checkQuota(state: AzureState, location: string, pool: PoolInputs, running: number): void {
    const size = vmSizeOf(pool.vmSize ?? "");
    const more = (pool.count ?? 0) - running;
    if (!size || more <= 0) {
        return;
    }
    const used = usedVcpus(state, location);
    for (const name of quotasOf(pool, size.family.name)) {
        const left = limitOf(state, name) - (used.get(name) ?? 0);
        if (more * size.vcpus > left) {
            throw new ArmError(
                400,
                "ErrCode_InsufficientVCPUQuota",
                `Insufficient vcpu quota requested ${more * size.vcpus}, remaining ${left} for family ${name} for region ${location}. ` +
                    "If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas.",
            );
        }
    }
}

function usedVcpus(state: AzureState, location: string): Map<string, number> {
    const used = new Map<string, number>();
    const clusters = state
        .ofType("containerservice:ManagedCluster")
        .filter(({ inputs }) => normalizeRegion(String(inputs.location)) === normalizeRegion(location));
    for (const { properties } of clusters.flatMap(({ address }) => poolsOf(state, address.id))) {
        const pool = properties as PoolInputs;
        const size = vmSizeOf(pool.vmSize ?? "");
        for (const name of size ? quotasOf(pool, size.family.name) : []) {
            used.set(name, (used.get(name) ?? 0) + (pool.count ?? 0) * (size?.vcpus ?? 0));
        }
    }
    return used;
}

function quotasOf({ scaleSetPriority }: PoolInputs, family: string): string[] {
    return scaleSetPriority === "Spot" ? ["lowPriorityCores"] : [family, "cores"];
}

function limitOf(state: AzureState, name: string): number {
    return state.traits.vcpuLimits.get(name) ?? usualLimits[name] ?? usualFamilyLimit;
}
