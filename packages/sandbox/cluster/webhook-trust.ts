import type { V1EndpointSlice } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import { follow } from "../kubernetes/follow";
import type { KubernetesObject } from "../kubernetes/object";

const retryMs = 500;
const collections = [
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
] as const;
const certificateAnnotation = "cert-manager.io/inject-ca-from";

interface ServiceReference {
    readonly name: string;
    readonly namespace: string;
}

interface ClientConfig {
    readonly caBundle?: string;
    readonly service?: ServiceReference;
}

interface Configured extends KubernetesObject {
    readonly webhooks?: readonly { readonly name: string; readonly clientConfig: ClientConfig }[];
    readonly spec?: { readonly conversion?: { readonly webhook?: { readonly clientConfig?: ClientConfig } } };
}

/**
 * Writes the authority into webhooks that a Service answers, so that the API server trusts them: what cert-manager's
 * cainjector does for those with its annotation, once their certificate is there, and what a chart or an operator does
 * for its own, once a pod is ready. Until then the API server trusts nobody, as in a cluster.
 *
 * The certificate that it meets is the sandbox's, whoever would have signed it: that the bundle and the certificate of
 * an operator fit together is not proved.
 */
export class WebhookTrust {
    private readonly aborted = new AbortController();
    private readonly following: Promise<unknown>;
    private readonly timers = new Map<string, NodeJS.Timeout>();
    /** Definitions, each with the uid of a pod that has named itself in it. */
    private readonly converters = new Set<string>();

    /** @param report hears what went wrong and is tried again. */
    constructor(
        private readonly api: KubernetesApi,
        private readonly caBundle: string,
        private readonly report: (message: string) => void,
    ) {
        this.following = Promise.all(
            collections.map((path) =>
                follow<Configured>(
                    api,
                    path,
                    {
                        changed: (object) => void this.attend(path, object),
                        deleted: ({ metadata }) => this.forget(metadata.uid),
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
        [...this.timers.keys()].forEach((uid) => this.forget(uid));
        await this.following;
    }

    private async attend(collection: string, object: Configured): Promise<void> {
        const { uid, name } = object.metadata;
        this.forget(uid);
        try {
            if (await this.isTrusted(collection, object)) {
                return;
            }
        } catch (error) {
            this.report(`The webhooks of ${name} get no authority, and it is tried again: ${String(error)}`);
        }
        if (!this.aborted.signal.aborted) {
            const again = async () => {
                const current = await this.api.find<Configured>(`${collection}/${name}`).catch(() => object);
                return current && this.attend(collection, current);
            };
            this.timers.set(
                uid,
                setTimeout(() => void again(), retryMs),
            );
        }
    }

    /** Whether every webhook has the authority, or needs none. Gives it to those whose time has come. */
    private async isTrusted(collection: string, object: Configured): Promise<boolean> {
        const path = `${collection}/${object.metadata.name}`;
        const conversion = object.spec?.conversion?.webhook?.clientConfig;
        if (conversion?.service && conversion.caBundle !== this.caBundle) {
            return this.isConverted(path, conversion.service);
        }
        const waiting = (object.webhooks ?? []).filter(
            ({ clientConfig }) => clientConfig.service && clientConfig.caBundle !== this.caBundle,
        );
        if (waiting.length === 0) {
            return true;
        }
        const certificate = object.metadata.annotations?.[certificateAnnotation];
        const ready = [];
        for (const webhook of waiting) {
            const { name, namespace } = webhook.clientConfig.service!;
            if (
                certificate === undefined
                    ? (await this.readyPods(namespace, name)).length > 0
                    : await this.isIssued(certificate)
            ) {
                ready.push({ name: webhook.name, clientConfig: { caBundle: this.caBundle } });
            }
        }
        if (ready.length > 0) {
            await this.api.patch(path, { webhooks: ready });
        }
        return ready.length === waiting.length;
    }

    /**
     * Names the Service that converts, wherever it is: Dapr's chart leaves the namespace to its operator. An operator
     * does so when it starts, and not again when somebody puts the definition back.
     */
    private async isConverted(path: string, { namespace, ...service }: ServiceReference): Promise<boolean> {
        const services = await this.api.get<{ items: KubernetesObject[] }>(
            `/api/v1/services?fieldSelector=metadata.name%3D${service.name}`,
        );
        const places = services.items.map(({ metadata }) => metadata.namespace ?? "");
        const place = places.find((each) => each === namespace) ?? places[0];
        const pods = place === undefined ? [] : await this.readyPods(place, service.name);
        const started = pods.filter((pod) => !this.converters.has(`${path} ${pod}`));
        if (started.length === 0) {
            return false;
        }
        started.forEach((pod) => this.converters.add(`${path} ${pod}`));
        const clientConfig = { caBundle: this.caBundle, service: { ...service, namespace: place } };
        await this.api.merge(path, { spec: { conversion: { webhook: { clientConfig } } } });
        return true;
    }

    /** The uids of the pods behind a Service that are ready. */
    private async readyPods(namespace: string, service: string): Promise<string[]> {
        const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
        const slices = await this.api.get<{ items: V1EndpointSlice[] }>(
            `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`,
        );
        return slices.items
            .flatMap(({ endpoints }) => endpoints ?? [])
            .filter(({ conditions }) => conditions?.ready !== false)
            .map(({ targetRef }) => targetRef?.uid ?? "");
    }

    private async isIssued(certificate: string): Promise<boolean> {
        const [namespace, name] = certificate.split("/");
        const found = await this.api.find<{ spec: { secretName: string } }>(
            `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}`,
        );
        const secret = found && `/api/v1/namespaces/${namespace}/secrets/${found.spec.secretName}`;
        return secret !== undefined && (await this.api.find(secret)) !== undefined;
    }

    private forget(uid: string): void {
        clearTimeout(this.timers.get(uid));
        this.timers.delete(uid);
    }
}
