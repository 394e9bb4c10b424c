/**
 * The metadata that the sandbox reads. The library's `V1ObjectMeta` has dates where JSON has text, so it is not used.
 */
interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
}

/** An object as the API server sends it. The items of a list have neither `apiVersion` nor `kind`. */
export interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: Metadata;
}

/** An object that says what it is. */
export interface TypedObject extends KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
}
