import type { KubernetesApi } from "../../kubernetes/api";
import { ApiError } from "../../kubernetes/api-error";
import { describe, type ObjectReference, type ResourceObject } from "./object";

/** The name under which the API server records which fields are this provider's. */
export const fieldManager = "pulumi-kubernetes";

interface ApiResource {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
}

/** The API server does not know the kind: its CustomResourceDefinition is missing, or not served yet. */
export class UnknownKindError extends Error {
    constructor(apiVersion: string, kind: string) {
        const [group] = apiVersion.split("/");
        super(
            `The cluster has no kind ${kind} in ${apiVersion}: there is no CustomResourceDefinition of group ${group} for it. ` +
                "Create what installs it first (dependsOn).",
        );
    }
}

/** Objects of any kind in one cluster. */
export class Cluster {
    readonly #resources = new Map<string, readonly ApiResource[]>();

    constructor(
        private readonly api: KubernetesApi,
        private readonly defaultNamespace: string,
    ) {}

    /** The reference with the default namespace when the kind has one and none is given. @throws UnknownKindError */
    async complete(reference: ObjectReference): Promise<ObjectReference> {
        const { namespaced } = await this.resourceOf(reference);
        return { ...reference, namespace: namespaced ? (reference.namespace ?? this.defaultNamespace) : undefined };
    }

    /** The object, or undefined when it, or its kind, is not there. */
    async get(reference: ObjectReference): Promise<ResourceObject | undefined> {
        try {
            return await this.api.find<ResourceObject>(await this.pathOf(reference));
        } catch (error) {
            if (error instanceof UnknownKindError) {
                return undefined;
            }
            throw error;
        }
    }

    /** Server-side apply. @throws ApiError with reason `Conflict`, naming the managers, unless `force` */
    async apply(reference: ObjectReference, body: object, force: boolean): Promise<ResourceObject> {
        try {
            const path = await this.pathOf(reference);
            return await this.api.apply<ResourceObject>(path, body, { name: fieldManager, force });
        } catch (error) {
            throw this.missingKind(error, reference);
        }
    }

    /** Asks for the deletion of the object; nothing happens when it is not there. */
    async delete(reference: ObjectReference, propagationPolicy: string): Promise<void> {
        try {
            await this.api.delete(await this.pathOf(reference), { propagationPolicy });
        } catch (error) {
            if (!(error instanceof UnknownKindError)) {
                throw error;
            }
        }
    }

    /** Messages of the warning events about an object, the latest first. */
    async warningEvents({ kind, name, namespace = "default" }: ObjectReference): Promise<string[]> {
        const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name},type=Warning`;
        const query = new URLSearchParams({ fieldSelector, limit: "50" }).toString();
        const { items } = await this.api.get<{ items: readonly { reason?: string; message?: string }[] }>(
            `/api/v1/namespaces/${namespace}/events?${query}`,
        );
        return items.map(({ reason = "", message = "" }) => `${reason}: ${message}`).reverse();
    }

    private async pathOf(reference: ObjectReference): Promise<string> {
        const { name: plural, namespaced } = await this.resourceOf(reference);
        const namespace = namespaced ? `/namespaces/${reference.namespace ?? this.defaultNamespace}` : "";
        return `${basePath(reference.apiVersion)}${namespace}/${plural}/${encodeURIComponent(reference.name)}`;
    }

    private async resourceOf({ apiVersion, kind }: ObjectReference): Promise<ApiResource> {
        const found = (await this.resourcesOf(apiVersion)).find((resource) => resource.kind === kind);
        if (!found) {
            // The kind may come with the next CustomResourceDefinition of its group.
            this.#resources.delete(apiVersion);
            throw new UnknownKindError(apiVersion, kind);
        }
        return found;
    }

    private async resourcesOf(apiVersion: string): Promise<readonly ApiResource[]> {
        const known = this.#resources.get(apiVersion);
        if (known) {
            return known;
        }
        const served = await this.api.find<{ resources: ApiResource[] }>(basePath(apiVersion));
        if (!served) {
            return [];
        }
        const own = served.resources.filter(({ name }) => !name.includes("/"));
        this.#resources.set(apiVersion, own);
        return own;
    }

    /** A kind whose definition was deleted, or is not served yet, answers with a 404 that names no object. */
    private missingKind(error: unknown, reference: ObjectReference): unknown {
        if (error instanceof ApiError && error.status === 404) {
            this.#resources.delete(reference.apiVersion);
            if (!error.answer.includes("not found")) {
                return new UnknownKindError(reference.apiVersion, reference.kind);
            }
        }
        return error instanceof ApiError
            ? new ApiError(describe(reference), error.status, error.answer, error.reason)
            : error;
    }
}

function basePath(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
