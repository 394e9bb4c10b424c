/**
 * The azure-workload-identity mutating webhook of AKS: gives pods that ask for it a token of their service account, for
 * Entra, and the environment that the Azure SDKs read. Its proxy sidecar, an aid for migrations, is left out.
 *
 * Follows pkg/webhook/webhook.go of Azure/azure-workload-identity.
 */
import type { V1Container, V1Pod, V1ServiceAccount } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import type { Authority } from "../network/authority";
import type { AdmissionRequest, AdmissionResponse } from "./webhooks";

export interface WorkloadIdentity {
    readonly tenantId: string;
    /** `https://login.microsoftonline.com/` on Azure's public cloud. */
    readonly authorityHost: string;
}

const volumeName = "azure-identity-token";
const mountPath = "/var/run/secrets/azure/tokens";
const annotation = (name: string) => `azure.workload.identity/${name}`;

/** Registers the webhook at the API server; from then on a pod with the label is refused while it does not answer. */
export async function registerWorkloadIdentity(api: KubernetesApi, authority: Authority, url: string): Promise<void> {
    const name = "azure-wi-webhook-mutating-webhook-configuration";
    await api.apply(`/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`, {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingWebhookConfiguration",
        metadata: { name },
        webhooks: [
            {
                name: "mutation.azure-workload-identity.io",
                admissionReviewVersions: ["v1"],
                sideEffects: "None",
                failurePolicy: "Fail",
                matchPolicy: "Equivalent",
                reinvocationPolicy: "IfNeeded",
                timeoutSeconds: 10,
                objectSelector: { matchLabels: { [annotation("use")]: "true" } },
                clientConfig: { url, caBundle: Buffer.from(authority.certificatePem).toString("base64") },
                rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
            },
        ],
    });
}

/** The change to a pod that is about to be created. Refuses it when its service account is missing. */
export async function mutatePod(
    api: KubernetesApi,
    identity: WorkloadIdentity,
    request: AdmissionRequest,
): Promise<AdmissionResponse> {
    const pod = request.object as V1Pod;
    const accountName = pod.spec?.serviceAccountName ?? "default";
    const account = await api.find<V1ServiceAccount>(
        `/api/v1/namespaces/${request.namespace}/serviceaccounts/${accountName}`,
    );
    if (!account) {
        return { allowed: false, message: `serviceaccounts "${accountName}" not found` };
    }
    const expirationSeconds = expiration(pod, account);
    if (!(expirationSeconds >= 3600 && expirationSeconds <= 86400)) {
        const message = `token expiration ${expirationSeconds} not valid. Expected value to be between 3600 and 86400`;
        return { allowed: false, message };
    }
    return { allowed: true, patch: patchOf(pod, account, identity, expirationSeconds) };
}

function expiration(pod: V1Pod, account: V1ServiceAccount): number {
    const key = annotation("service-account-token-expiration");
    return Number(pod.metadata?.annotations?.[key] ?? account.metadata?.annotations?.[key] ?? 3600);
}

function patchOf(
    pod: V1Pod,
    account: V1ServiceAccount,
    identity: WorkloadIdentity,
    expirationSeconds: number,
): object[] {
    const annotations = account.metadata?.annotations ?? {};
    const environment = {
        AZURE_CLIENT_ID: annotations[annotation("client-id")],
        AZURE_TENANT_ID: annotations[annotation("tenant-id")] ?? identity.tenantId,
        AZURE_FEDERATED_TOKEN_FILE: `${mountPath}/${volumeName}`,
        AZURE_AUTHORITY_HOST: identity.authorityHost,
    };
    const skipped = (pod.metadata?.annotations?.[annotation("skip-containers")] ?? "").split(";").map((s) => s.trim());
    const mutated = (containers: V1Container[]) =>
        containers.map((container) =>
            skipped.includes(container.name) ? container : injected(container, environment),
        );
    const { containers, initContainers, volumes = [] } = pod.spec!;
    const patch: object[] = [{ op: "replace", path: "/spec/containers", value: mutated(containers) }];
    if (initContainers) {
        patch.push({ op: "replace", path: "/spec/initContainers", value: mutated(initContainers) });
    }
    const present = volumes.some(({ projected }) =>
        projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken?.path === volumeName),
    );
    if (!present) {
        const serviceAccountToken = { path: volumeName, expirationSeconds, audience: "api://AzureADTokenExchange" };
        const volume = { name: volumeName, projected: { sources: [{ serviceAccountToken }] } };
        patch.push({ op: "add", path: "/spec/volumes", value: [...volumes, volume] });
    }
    return patch;
}

/** Variables and mounts that the container has already are left as they are. */
function injected(container: V1Container, environment: Readonly<Record<string, string | undefined>>): V1Container {
    const { env = [], volumeMounts = [] } = container;
    const missing = Object.entries(environment).flatMap(([name, value]) =>
        value && !env.some((variable) => variable.name === name) ? [{ name, value }] : [],
    );
    const mounted = volumeMounts.some(({ name }) => name === volumeName);
    return {
        ...container,
        env: [...env, ...missing],
        volumeMounts: mounted ? volumeMounts : [...volumeMounts, { name: volumeName, mountPath, readOnly: true }],
    };
}
