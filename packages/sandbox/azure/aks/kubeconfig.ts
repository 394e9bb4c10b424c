import { stringify } from "yaml";
import { aksServerId } from "../entra/entra";

/** Entra's public client that kubelogin acts as for people. */
const kubeloginClientId = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

export interface KubeconfigOptions {
    readonly clusterName: string;
    readonly resourceGroupName: string;
    readonly fqdn: string;
    readonly caPem: string;
    readonly tenantId: string;
}

/**
 * The kubeconfig that AKS gives to users of a cluster with Entra ID: kubelogin with a device code, which a pipeline has
 * to replace.
 */
export function userKubeconfig(options: KubeconfigOptions): string {
    const { clusterName, fqdn, caPem } = options;
    const user = `clusterUser_${options.resourceGroupName}_${clusterName}`;
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: clusterName,
                cluster: {
                    "certificate-authority-data": Buffer.from(caPem).toString("base64"),
                    server: `https://${fqdn}:443`,
                },
            },
        ],
        contexts: [{ name: clusterName, context: { cluster: clusterName, user } }],
        "current-context": clusterName,
        preferences: {},
        users: [{ name: user, user: { exec: kubelogin(options.tenantId) } }],
    });
}

function kubelogin(tenantId: string): object {
    const options = {
        "--login": "devicecode",
        "--server-id": aksServerId,
        "--client-id": kubeloginClientId,
        "--tenant-id": tenantId,
        "--environment": "AzurePublicCloud",
    };
    return {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "kubelogin",
        args: ["get-token", ...Object.entries(options).flat()],
        env: null,
        installHint: "kubelogin is not installed which is required to connect to AAD enabled cluster.",
        provideClusterInfo: false,
    };
}
