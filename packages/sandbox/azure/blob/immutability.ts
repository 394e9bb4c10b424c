/**
 * Policies that protect each version of a blob for days after it was written, whoever wants it gone. As documented, for
 * no recording has them.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
 */
import { ArmError } from "../arm/arm-error";
import type { ResourceProvider } from "../arm/resource-provider";
import type { AzureState } from "../state";

const day = 24 * 60 * 60_000;

interface ContainerProperties {
    readonly immutableStorageWithVersioning?: { readonly enabled?: boolean };
}

interface PolicyInputs {
    readonly immutabilityPeriodSinceCreationInDays?: number;
}

/** A container's policy for what is written from now on. Unlocked: it can be changed, by who may. */
export const immutabilityPolicy: ResourceProvider = {
    statuses: [200, 200],
    check({ state, address }) {
        if (!protectsVersions(state, containerOf(address.id))) {
            const message = "The sandbox knows policies of containers with version-level immutability alone.";
            throw new ArmError(501, "NotImplemented", message);
        }
    },
    properties: ({ inputs }) => ({ ...inputs, state: "Unlocked" }),
};

/** Whether a container is made for policies of versions. It cannot be deleted until it is empty. */
export function protectsVersions(state: AzureState, containerId: string): boolean {
    const properties = state.get(containerId)?.properties as ContainerProperties | undefined;
    return properties?.immutableStorageWithVersioning?.enabled === true;
}

/** Until when a blob is protected that is written to the container now. */
export function protectedUntil(state: AzureState, containerId: string): Date | undefined {
    const policy = state.get(`${containerId}/immutabilityPolicies/default`)?.inputs as PolicyInputs | undefined;
    const days = policy?.immutabilityPeriodSinceCreationInDays;
    return days === undefined ? undefined : new Date(Date.now() + days * day);
}

function containerOf(policyId: string): string {
    return policyId.slice(0, policyId.toLowerCase().indexOf("/immutabilitypolicies/"));
}
