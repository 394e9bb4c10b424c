import type { Answer } from "../finding";
import type { Subscription } from "./subscription";

/** Microsoft.ContainerService, Managed Clusters - List Kubernetes Versions, 2025-09-01. */
interface KubernetesVersion {
    /** Major and minor. */
    readonly version: string;
    readonly isPreview?: boolean;
    readonly capabilities?: { readonly supportPlan?: readonly string[] };
}

const key = "landfall:kubernetesVersion";

/** Whether AKS offers the minor in the region, for all to use. A cluster that runs it already asks for nothing. */
export async function kubernetesVersion(subscription: Subscription): Promise<Answer> {
    const { kubernetesVersion: wanted, clusterLocation: location } = subscription.subject.settings;
    const pools = await subscription.pools();
    if ([...pools.values()].some(({ version }) => version.startsWith(`${wanted}.`))) {
        return {};
    }
    const path = `${subscription.scope}/providers/Microsoft.ContainerService/locations/${location}/kubernetesVersions`;
    const { values = [] } = (await subscription.read(`${path}?api-version=2025-09-01`)) as {
        values?: readonly KubernetesVersion[];
    };
    const offered = values.filter((version) => !version.isPreview && isOfficial(version)).map(({ version }) => version);
    if (offered.includes(wanted)) {
        return {};
    }
    const found = values.find(({ version }) => version === wanted);
    const why = !found
        ? `AKS does not offer it in ${location}`
        : found.isPreview
          ? `AKS offers it in ${location} as a preview only, without support`
          : `AKS offers it in ${location} with long-term support only, which needs the Premium tier`;
    const rest = `offered are ${offered.join(", ") || "none"} (az aks get-versions --location ${location} --output table)`;
    return { problems: [{ key, message: `${wanted}: ${why}; ${rest}` }] };
}

function isOfficial({ capabilities }: KubernetesVersion): boolean {
    return capabilities?.supportPlan?.includes("KubernetesOfficial") ?? true;
}
