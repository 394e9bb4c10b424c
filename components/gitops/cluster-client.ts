import {
    AuthorizationV1Api,
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    PatchStrategy,
    setHeaderOptions,
} from "@kubernetes/client-node";
import type { FluxObject } from "./flux-status";

const fluxKinds = [
    ["source.toolkit.fluxcd.io", "v1", "gitrepositories", "GitRepository"],
    ["source.toolkit.fluxcd.io", "v1", "ocirepositories", "OCIRepository"],
    ["source.toolkit.fluxcd.io", "v1", "helmrepositories", "HelmRepository"],
    ["source.toolkit.fluxcd.io", "v1", "helmcharts", "HelmChart"],
    ["kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization"],
    ["helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease"],
] as const;

/** The few questions that the program asks a cluster. Reads only, but for the annotation that asks Flux to look now. */
export class ClusterClient {
    private readonly config = new KubeConfig();

    constructor(kubeconfig: string) {
        this.config.loadFromString(kubeconfig);
    }

    /** Whether the caller may do everything in the cluster. */
    async isClusterAdmin(): Promise<boolean> {
        const review = await this.config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
            body: { spec: { resourceAttributes: { group: "*", resource: "*", verb: "*" } } },
        });
        return review.status?.allowed === true;
    }

    async fluxObjects(): Promise<FluxObject[]> {
        const api = this.config.makeApiClient(CustomObjectsApi);
        const lists = await Promise.all(
            fluxKinds.map(async ([group, version, plural, kind]) => {
                const list = (await api.listClusterCustomObject({ group, version, plural })) as { items: FluxObject[] };
                return list.items.map((item) => ({ ...item, kind }));
            }),
        );
        return lists.flat();
    }

    /** Message of the newest warning event of an object, if there is one. */
    async lastWarning(namespace: string, kind: string, name: string): Promise<string | undefined> {
        const fieldSelector = `type=Warning,involvedObject.kind=${kind},involvedObject.name=${name}`;
        const events = await this.config.makeApiClient(CoreV1Api).listNamespacedEvent({ namespace, fieldSelector });
        const time = (event: (typeof events.items)[number]) => Number(event.lastTimestamp ?? event.eventTime ?? 0);
        return events.items.sort((a, b) => time(b) - time(a))[0]?.message;
    }

    /** What `flux reconcile source git` does. */
    async requestReconciliation(namespace: string, name: string): Promise<void> {
        const at = new Date().toISOString();
        await this.config.makeApiClient(CustomObjectsApi).patchNamespacedCustomObject(
            {
                group: "source.toolkit.fluxcd.io",
                version: "v1",
                namespace,
                plural: "gitrepositories",
                name,
                body: { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } },
            },
            setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
    }
}
