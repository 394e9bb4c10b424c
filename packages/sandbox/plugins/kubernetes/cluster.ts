import { ApiClient, ApiError } from "./api-client";
import type { KubernetesObject, ObjectReference } from "./object";
import { describe } from "./object";

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
        private readonly client: ApiClient,
        private readonly defaultNamespace: string,
    ) {}

    /** The reference with the default namespace when the kind has one and none is given. @throws UnknownKindError */
    async complete(reference: ObjectReference): Promise<ObjectReference> {
        const { namespaced } = await this.resourceOf(reference);
        return { ...reference, namespace: namespaced ? (reference.namespace ?? this.defaultNamespace) : undefined };
    }

    /** The object, or undefined when it, or its kind, is not there. */
    async get(reference: ObjectReference): Promise<KubernetesObject | undefined> {
        try {
            const path = await this.pathOf(reference);
            return await this.client.send<KubernetesObject>({ method: "GET", path });
        } catch (error) {
            if (error instanceof UnknownKindError || (error instanceof ApiError && error.status === 404)) {
                return undefined;
            }
            throw error;
        }
    }

    /** Server-side apply. @throws ApiError with reason `Conflict`, naming the managers, unless `force` */
    async apply(reference: ObjectReference, body: object, force: boolean): Promise<KubernetesObject> {
        try {
            return await this.client.send<KubernetesObject>({
                method: "PATCH",
                path: await this.pathOf(reference),
                query: { fieldManager, force: String(force), fieldValidation: "Warn" },
                contentType: "application/apply-patch+yaml",
                body,
            });
        } catch (error) {
            throw this.missingKind(error, reference);
        }
    }

    /** Asks for the deletion of the object; nothing happens when it is not there. */
    async delete(reference: ObjectReference, propagationPolicy: string): Promise<void> {
        try {
            const path = await this.pathOf(reference);
            await this.client.send({ method: "DELETE", path, body: { propagationPolicy } });
        } catch (error) {
            if (!(error instanceof UnknownKindError || (error instanceof ApiError && error.status === 404))) {
                throw error;
            }
        }
    }

    /** Messages of the warning events about an object, the latest first. */
    async warningEvents({ kind, name, namespace = "default" }: ObjectReference): Promise<string[]> {
        const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name},type=Warning`;
        const path = `/api/v1/namespaces/${namespace}/events`;
        const { items } = await this.client.send<{ items: readonly { reason?: string; message?: string }[] }>({
            method: "GET",
            path,
            query: { fieldSelector, limit: "50" },
        });
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
        try {
            const path = basePath(apiVersion);
            const { resources } = await this.client.send<{ resources: ApiResource[] }>({ method: "GET", path });
            const own = resources.filter(({ name }) => !name.includes("/"));
            this.#resources.set(apiVersion, own);
            return own;
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return [];
            }
            throw error;
        }
    }

    /** A kind whose definition was deleted, or is not served yet, answers with a 404 that names no object. */
    private missingKind(error: unknown, reference: ObjectReference): unknown {
        if (error instanceof ApiError && error.status === 404) {
            this.#resources.delete(reference.apiVersion);
            if (!error.message.includes("not found")) {
                return new UnknownKindError(reference.apiVersion, reference.kind);
            }
        }
        return error instanceof ApiError
            ? new ApiError(error.status, `${describe(reference)}: ${error.message}`, error.reason)
            : error;
    }
}

function basePath(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
