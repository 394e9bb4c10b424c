import { UserError } from "../../user-error";
import { type ClusterClient, isPermanent } from "./cluster-client";
import { sleep } from "./sleep";

const timeoutMinutes = 10;

/**
 * Waits until the deployer may administer the cluster. A role assignment for Azure RBAC takes up to five minutes to
 * reach the API server. https://learn.microsoft.com/azure/aks/entra-id-authorization
 *
 * @throws UserError if it may not after ten minutes; at once if the login of the kubeconfig is not installed.
 */
export async function waitForAccess(cluster: Pick<ClusterClient, "isClusterAdmin">): Promise<void> {
    const deadline = Date.now() + timeoutMinutes * 60_000;
    for (;;) {
        const allowed = await cluster.isClusterAdmin().catch((error: Error) => error);
        if (allowed === true) {
            return;
        }
        if (allowed instanceof Error && isPermanent(allowed)) {
            throw new UserError(allowed.message);
        }
        if (Date.now() > deadline) {
            const why = allowed instanceof Error ? allowed.message : "the API server does not allow it";
            throw new UserError(
                `the deployer may not administer the cluster (${why}); it needs 'Azure Kubernetes Service RBAC Cluster Admin' on it`,
            );
        }
        await sleep(1);
    }
}
