/** The part of a Flux object that says whether it is reconciled. */
export interface FluxObject {
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace: string;
        readonly generation: number;
        readonly labels?: Readonly<Record<string, string>>;
    };
    readonly spec?: {
        readonly suspend?: boolean;
        readonly dependsOn?: readonly { readonly name: string; readonly namespace?: string }[];
        readonly sourceRef?: { readonly kind: string; readonly name: string; readonly namespace?: string };
        readonly postBuild?: { readonly substituteFrom?: readonly { readonly name: string }[] };
        readonly chartRef?: { readonly kind: string; readonly name: string };
    };
    readonly status?: {
        readonly observedGeneration?: number;
        /** Annotation `reconcile.fluxcd.io/requestedAt` as the last attempt found it. */
        readonly lastHandledReconcileAt?: string;
        readonly conditions?: readonly Condition[];
        readonly lastAppliedRevision?: string;
        readonly lastAttemptedRevision?: string;
        /** HelmRelease only: the generation and the chart digest of the last attempt. */
        readonly lastAttemptedGeneration?: number;
        readonly lastAttemptedRevisionDigest?: string;
        readonly artifact?: { readonly revision: string };
        /** The newest attempt first. */
        readonly history?: readonly { readonly lastReconciled: string; readonly lastReconciledDuration: string }[];
        readonly inventory?: { readonly entries?: readonly { readonly id: string }[] };
    };
}

export interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly lastTransitionTime?: string;
}

export function conditionOf({ status }: FluxObject, type: string): Condition | undefined {
    return status?.conditions?.find((condition) => condition.type === type);
}

/** `<namespace>/<name>` */
export function keyOf({ metadata }: FluxObject): string {
    return `${metadata.namespace}/${metadata.name}`;
}
