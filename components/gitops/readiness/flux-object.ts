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
        /** An ExternalArtifact names in its metadata the revision of the source that it is made of. */
        readonly artifact?: { readonly revision: string; readonly metadata?: Readonly<Record<string, string>> };
        /** What was applied, the newest attempt's first. */
        readonly history?: readonly {
            readonly firstReconciled?: string;
            readonly lastReconciled: string;
            readonly lastReconciledDuration: string;
            readonly lastReconciledStatus?: string;
        }[];
        readonly inventory?: { readonly entries?: readonly { readonly id: string }[] };
    };
}

export interface Condition {
    readonly type: string;
    readonly observedGeneration?: number;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly lastTransitionTime?: string;
}

export function conditionOf({ status }: FluxObject, type: string): Condition | undefined {
    return status?.conditions?.find((condition) => condition.type === type);
}

/** The generation that the object's Ready condition is about. Not every kind says it of the whole status. */
export function observedGeneration(object: FluxObject): number | undefined {
    return object.status?.observedGeneration ?? conditionOf(object, "Ready")?.observedGeneration;
}

/** The revision of the source that an ExternalArtifact is made of. */
export function originRevision({ status }: FluxObject): string | undefined {
    return status?.artifact?.metadata?.["org.opencontainers.image.revision"];
}

/** `<namespace>/<name>` */
export function keyOf({ metadata }: FluxObject): string {
    return `${metadata.namespace}/${metadata.name}`;
}
