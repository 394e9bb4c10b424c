import type { V1Deployment } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import type { TypedObject } from "../kubernetes/object";
import type { Authority } from "../network/authority";

/** What a stand-in gets from the cluster that it is in. */
export interface OperatorContext {
    /** As administrator: what a kubelet does for the operator's pods, and what other programs would tell it. */
    readonly admin: KubernetesApi;
    readonly authority: Authority;
    /** The cluster's own way out, for what an operator's pods would ask of the world. */
    readonly proxyUrl: string;
    /** Absent on a cluster without the workload identity add-on. */
    readonly tenantId: string | undefined;
}

/** The same, with where the operator is installed. */
export interface Installed extends OperatorContext, Place {
    /** As the service account of the operator's Deployment, with the rights that its chart and the tree give. */
    readonly api: KubernetesApi;
}

/** What the Deployment of an operator says of its pods. */
export interface Place {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly podLabels: Readonly<Record<string, string>>;
}

/** An operator whose pods run nothing here, with the kinds for which the sandbox does some of its work. */
export interface Operator {
    readonly name: string;
    /** Matches the image of its controller. */
    readonly image: RegExp;
    /** Label `app.kubernetes.io/name` of its controller's pods, where other Deployments of it have the same image. */
    readonly app?: string;
    readonly kinds: readonly Kind[];
}

/** A kind of object that an operator acts on. */
export interface Kind<Shape extends CustomObject = CustomObject> {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    /** Known to Kubernetes without a definition. */
    readonly builtIn?: boolean;
    /**
     * Gives an object the status and the children that the operator would. Called whenever the object changes and every
     * half minute, so it must not change what is right already. Gives the milliseconds after which to be called again
     * when it waits for something. What it throws is logged, and the call is repeated.
     */
    reconcile(object: Shape, installed: Installed): Promise<number | undefined>;
}

export interface CustomObject extends TypedObject {
    readonly spec?: unknown;
    readonly status?: Readonly<Record<string, unknown>>;
}

export function defineKind<Shape extends CustomObject>(kind: Kind<Shape>): Kind {
    return kind;
}

/** Path of the kind's objects in all namespaces. */
export function collectionOf({ group, version, plural }: Pick<Kind, "group" | "version" | "plural">): string {
    return `/apis/${group}/${version}/${plural}`;
}

/** Path of an object. */
export function pathOf(kind: Pick<Kind, "group" | "version" | "plural">, object: CustomObject): string {
    const { namespace, name } = object.metadata;
    const { group, version, plural } = kind;
    return `/apis/${group}/${version}/${namespace === undefined ? "" : `namespaces/${namespace}/`}${plural}/${name}`;
}

/** Makes an object a child, which is deleted with its owner. */
export function ownedBy(owner: CustomObject): { ownerReferences: object[] } {
    const { apiVersion, kind, metadata } = owner;
    const { name, uid } = metadata;
    return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }] };
}

/** Where an operator runs, if this is its Deployment and has an available pod. */
export function placeOf(operator: Operator, { metadata, spec, status }: V1Deployment): Place | undefined {
    const { metadata: pod, spec: podSpec } = spec?.template ?? {};
    const isOwn = podSpec?.containers.some(({ image }) => operator.image.test(image ?? "")) === true;
    const isMeant = operator.app === undefined || operator.app === pod?.labels?.["app.kubernetes.io/name"];
    return isOwn && isMeant && (status?.availableReplicas ?? 0) > 0
        ? {
              namespace: metadata?.namespace ?? "",
              serviceAccount: podSpec?.serviceAccountName ?? "default",
              podLabels: pod?.labels ?? {},
          }
        : undefined;
}
