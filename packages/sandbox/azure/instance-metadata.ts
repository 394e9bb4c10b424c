/**
 * Stands in for the metadata service of Azure's virtual machines, as a pod sees it in a cluster that keeps pods away
 * from the nodes' identities (az aks create --enable-imds-restriction comes to the same): it answers, and has no
 * identity for who asks. On a cluster without that, a pod that was given no workload identity acts as the kubelet's,
 * and is refused later, by Key Vault.
 */
import type { HttpResponse, Route } from "../network/route";

export const instanceMetadataRoute: Route = {
    host: "169.254.169.254",
    handle: (): Promise<HttpResponse> =>
        Promise.resolve({
            status: 400,
            body: { error: "invalid_request", error_description: "Identity not found" },
        }),
};
