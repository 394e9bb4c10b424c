import type { KubernetesApi } from "../kubernetes/api";
import { type CustomObject, ownedBy } from "./operator";

/** An object without its place: that is the owner's namespace. */
export interface Child {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly [field: string]: unknown;
}

/** Path of a child. The plural is the kind's in lower case with an `s`. */
function childPath(owner: CustomObject, { apiVersion, kind, metadata }: Child): string {
    const root = apiVersion.includes("/") ? "/apis" : "/api";
    return `${root}/${apiVersion}/namespaces/${owner.metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`;
}

/** Creates children, or corrects those that differ. They are deleted with their owner. */
export async function applyChildren(api: KubernetesApi, owner: CustomObject, ...children: Child[]): Promise<void> {
    for (const child of children) {
        await api.apply(childPath(owner, child), placed(owner, child));
    }
}

/** Creates the children that are missing and leaves the others alone. For what may not be changed, or is random. */
export async function createMissing(api: KubernetesApi, owner: CustomObject, ...children: Child[]): Promise<void> {
    for (const child of children) {
        const path = childPath(owner, child);
        if (!(await api.find(path))) {
            await api.create(path.slice(0, path.lastIndexOf("/")), placed(owner, child));
        }
    }
}

function placed(owner: CustomObject, child: Child): Child {
    return { ...child, metadata: { ...child.metadata, ...{ namespace: owner.metadata.namespace, ...ownedBy(owner) } } };
}
