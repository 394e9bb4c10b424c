import { UserError } from "../../user-error";
import { type ClusterClient, isPermanent } from "./cluster-client";
import { sleep } from "./sleep";

const timeoutMinutes = 10;

/** The API server remembers a refusal for minutes, and each question asked too early is one. */
const refusedPauseSeconds = 20;
const unansweredPauseSeconds = 5;

/**
 * Waits until the deployer may administer the cluster. A role assignment for Azure RBAC takes up to five minutes to
 * reach the API server. https://learn.microsoft.com/azure/aks/entra-id-authorization
 *
 * @throws UserError if it may not after ten minutes; at once if the login of the kubeconfig is not installed.
 */
export async function waitForAccess(cluster: Pick<ClusterClient, "mayInstall">): Promise<void> {
    const deadline = Date.now() + timeoutMinutes * 60_000;
    for (;;) {
        const allowed = await cluster.mayInstall().catch((error: Error) => error);
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
        await sleep(allowed === false ? refusedPauseSeconds : unansweredPauseSeconds);
    }
}
