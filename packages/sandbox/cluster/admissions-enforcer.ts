import { isDeepStrictEqual } from "node:util";
import type { KubernetesApi } from "../kubernetes/api";
import { ApiError } from "../kubernetes/api-error";
import { follow } from "../kubernetes/follow";
import type { KubernetesObject } from "../kubernetes/object";

const collections = [
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
] as const;
const optOut = "admissions.enforcer/disabled";

/**
 * What AKS gives to its own namespace, as Azure's tests have it.
 *
 * @see https://github.com/Azure/azure-container-networking, the labels of a CiliumIdentity
 */
export const kubeSystemLabels = {
    "control-plane": "true",
    "kubernetes.azure.com/managedby": "aks",
    "kubernetes.io/cluster-service": "true",
} as const;

interface Requirement {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
}

interface WebhookConfiguration extends KubernetesObject {
    readonly webhooks?: readonly {
        readonly name: string;
        readonly namespaceSelector?: { readonly matchExpressions?: readonly Requirement[] };
    }[];
}

/** @see https://github.com/openkruise/charts/issues/155 for both, as they were seen */
const exclusions: readonly Requirement[] = [
    { key: "control-plane", operator: "NotIn", values: ["true"] },
    { key: "kubernetes.azure.com/managedby", operator: "NotIn", values: ["aks"] },
];

/**
 * Keeps webhooks out of the namespaces of AKS, as its admissions enforcer does: whenever a webhook's selector lacks
 * that, it adds it, and owns the selector from then on. A configuration with the annotation or label
 * `admissions.enforcer/disabled: "true"` is left alone.
 *
 * @see https://learn.microsoft.com/azure/aks/faq
 * @see https://github.com/aws-observability/helm-charts/pull/350 for its name as a field manager
 */
export class AdmissionsEnforcer {
    private readonly aborted = new AbortController();
    private readonly following: Promise<unknown>;

    /** @param report hears what went wrong; the configuration's next change is another try. */
    constructor(
        private readonly api: KubernetesApi,
        private readonly report: (message: string) => void,
    ) {
        this.following = Promise.all(
            collections.map((path) =>
                follow<WebhookConfiguration>(
                    api,
                    path,
                    {
                        changed: (object) => void this.enforce(path, object),
                        deleted: () => undefined,
                        // The node agent reports of the same API server.
                        failed: () => undefined,
                    },
                    this.aborted.signal,
                ),
            ),
        );
    }

    async stop(): Promise<void> {
        this.aborted.abort();
        await this.following;
    }

    private async enforce(collection: string, { metadata, webhooks = [] }: WebhookConfiguration): Promise<void> {
        const { name, resourceVersion, annotations, labels } = metadata;
        if (annotations?.[optOut] === "true" || labels?.[optOut] === "true") {
            return;
        }
        const added = webhooks.flatMap((webhook) => {
            const expressions = webhook.namespaceSelector?.matchExpressions ?? [];
            const missing = exclusions.filter((each) => !expressions.some((one) => isDeepStrictEqual(one, each)));
            const matchExpressions = [...expressions, ...missing];
            return missing.length === 0 ? [] : [{ name: webhook.name, namespaceSelector: { matchExpressions } }];
        });
        if (added.length === 0) {
            return;
        }
        try {
            const path = `${collection}/${name}?fieldManager=admissionsenforcer`;
            await this.api.patch(path, { metadata: { resourceVersion }, webhooks: added });
        } catch (error) {
            // One that changed meanwhile is heard of again; one that is gone needs nothing.
            const isOutdated = error instanceof ApiError && (error.status === 409 || error.status === 404);
            if (!this.aborted.signal.aborted && !isOutdated) {
                this.report(`The admissions enforcer leaves ${name} as it is: ${String(error)}`);
            }
        }
    }
}
