import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { ArmClient } from "../../components/azure/arm-client";
import { recordSets } from "../record-sets";

/** The addresses at which a cluster is reached from outside. */
export async function addressesOf(config: KubeConfig): Promise<ReadonlySet<string>> {
    const { items } = await config.makeApiClient(CoreV1Api).listServiceForAllNamespaces();
    return new Set(items.flatMap(({ status }) => (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])));
}

/** Names in a zone that lead to one of these addresses. @throws UserError if Azure does not say. */
export async function recordsAt(
    arm: ArmClient,
    zoneId: string,
    addresses: ReadonlySet<string>,
): Promise<readonly string[]> {
    const sets = await recordSets(arm, zoneId, "A");
    return sets
        .filter(({ properties }) => (properties.ARecords ?? []).some(({ ipv4Address }) => addresses.has(ipv4Address)))
        .map(({ name }) => name);
}
