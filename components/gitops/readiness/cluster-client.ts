import type { Agent } from "node:https";
import {
    ApiException,
    AuthorizationV1Api,
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    PatchStrategy,
    setHeaderOptions,
} from "@kubernetes/client-node";
import type { FluxObject } from "./flux-object";

/** Group, version, plural and kind of everything that Flux reconciles. */
export const fluxKinds = [
    ["source.toolkit.fluxcd.io", "v1", "gitrepositories", "GitRepository"],
    ["source.toolkit.fluxcd.io", "v1", "ocirepositories", "OCIRepository"],
    ["source.toolkit.fluxcd.io", "v1", "helmrepositories", "HelmRepository"],
    ["source.toolkit.fluxcd.io", "v1", "helmcharts", "HelmChart"],
    ["source.toolkit.fluxcd.io", "v1", "externalartifacts", "ExternalArtifact"],
    ["source.extensions.fluxcd.io", "v1beta1", "artifactgenerators", "ArtifactGenerator"],
    ["kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization"],
    ["helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease"],
] as const;

const installationRights = [
    { group: "", resource: "namespaces", verb: "create" },
    { group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verb: "create" },
    { group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", verb: "create" },
];

/** An error that repeats however often the question is asked. */
export interface PermanentError extends Error {
    readonly permanent: true;
}

export function isPermanent(error: Error): error is PermanentError {
    return "permanent" in error;
}

/**
 * The few questions that the program asks a cluster. It only reads, except for the annotation that asks Flux to
 * reconcile, and Helm's records of a release that was interrupted.
 *
 * Every method throws an Error that names the API server when there is no answer or a refusal, and a PermanentError
 * when the kubeconfig's login cannot be run at all.
 */
export class ClusterClient {
    private readonly config: KubeConfig;

    constructor(kubeconfig: string) {
        this.config = new KubeConfig();
        this.config.loadFromString(kubeconfig);
        keepConnections(this.config);
    }

    /**
     * Whether the caller may make what an installation of Flux makes. Azure answers for concrete rights only: asked for
     * everything, it may never say yes.
     */
    async mayInstall(): Promise<boolean> {
        const api = this.config.makeApiClient(AuthorizationV1Api);
        for (const resourceAttributes of installationRights) {
            const review = await this.ask(
                api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } }),
            );
            if (review.status?.allowed !== true) {
                return false;
            }
        }
        return true;
    }

    async fluxObjects(): Promise<FluxObject[]> {
        const api = this.config.makeApiClient(CustomObjectsApi);
        const lists = await this.ask(
            Promise.all(
                fluxKinds.map(async ([group, version, plural, kind]) => {
                    const list: unknown = await api.listClusterCustomObject({ group, version, plural });
                    return (list as { items: FluxObject[] }).items.map((item) => ({ ...item, kind }));
                }),
            ),
        );
        return lists.flat();
    }

    /** Message of an object's newest warning event, if there is one. */
    async lastWarning(namespace: string, kind: string, name: string): Promise<string | undefined> {
        const fieldSelector = `type=Warning,involvedObject.kind=${kind},involvedObject.name=${name}`;
        const api = this.config.makeApiClient(CoreV1Api);
        const { items } = await this.ask(api.listNamespacedEvent({ namespace, fieldSelector }));
        const time = (event: (typeof items)[number]) => Number(event.lastTimestamp ?? event.eventTime ?? 0);
        return items.sort((a, b) => time(b) - time(a))[0]?.message;
    }

    /** The values of a Secret by key, each in base64; undefined if there is no such Secret. */
    async secretData(namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined> {
        const request = this.config.makeApiClient(CoreV1Api).listNamespacedSecret({
            namespace,
            fieldSelector: `metadata.name=${name}`,
        });
        const [secret] = (await this.ask(request)).items;
        return secret && (secret.data ?? {});
    }

    /** When somebody last changed a ConfigMap, in ISO 8601. */
    async configMapChanged(namespace: string, name: string): Promise<string> {
        const request = this.config.makeApiClient(CoreV1Api).readNamespacedConfigMap({ namespace, name });
        const { metadata } = await this.ask(request);
        const times = (metadata?.managedFields ?? []).map(({ time }) => Number(time ?? 0));
        return new Date(Math.max(0, ...times)).toISOString();
    }

    /** Does what `flux reconcile` does. `at` is the time of the request in ISO 8601; the object's status repeats it. */
    async requestReconciliation(kind: string, namespace: string, name: string, at: string): Promise<void> {
        const found = fluxKinds.find(([, , , other]) => other === kind);
        if (!found) {
            throw new TypeError(`${kind} is not a Flux kind`);
        }
        const [group, version, plural] = found;
        const request = this.config.makeApiClient(CustomObjectsApi).patchNamespacedCustomObject(
            {
                group,
                version,
                namespace,
                plural,
                name,
                body: { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } },
            },
            setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
        await this.ask(request);
    }

    /**
     * Removes what Helm has recorded of a release, so that it can be installed over what there is of it. Gives whether
     * there was a record.
     */
    async forgetRelease(namespace: string, name: string): Promise<boolean> {
        const api = this.config.makeApiClient(CoreV1Api);
        const labelSelector = `owner=helm,name=${name}`;
        const { items } = await this.ask(api.listNamespacedSecret({ namespace, labelSelector }));
        await this.ask(api.deleteCollectionNamespacedSecret({ namespace, labelSelector }));
        return items.length > 0;
    }

    private async ask<Answer>(request: Promise<Answer>): Promise<Answer> {
        try {
            return await request;
        } catch (error) {
            const server = `API server ${this.config.getCurrentCluster()?.server ?? ""}`;
            if (error instanceof ApiException) {
                throw new Error(`${server}: ${error.code} ${refusalOf(error.body)}`);
            }
            const { code, syscall, path, message } = error as NodeJS.ErrnoException;
            if (code === "ENOENT" && syscall?.startsWith("spawn") && path) {
                const missing = new Error(`${server}: its kubeconfig logs in with ${path}, which is not on the PATH`);
                throw Object.assign(missing, { permanent: true });
            }
            throw new Error(`${server}: ${message}`);
        }
    }
}

/** The library makes an agent, and with it a TLS handshake, for each request: here one agent serves all. */
function keepConnections(config: KubeConfig): void {
    const authenticate = config.applySecurityAuthentication.bind(config);
    let kept: Agent | undefined;
    config.applySecurityAuthentication = async (context) => {
        await authenticate(context);
        kept ??= Object.assign(context.getAgent() as Agent, { keepAlive: true });
        context.setAgent(kept);
    };
}

/** The message of a Kubernetes Status, or the text that a proxy before the API server answered with. */
function refusalOf(body: unknown): string {
    if (typeof body !== "string") {
        return (body as { message?: string } | undefined)?.message ?? "";
    }
    try {
        return (JSON.parse(body) as { message?: string }).message ?? body;
    } catch {
        return body;
    }
}
