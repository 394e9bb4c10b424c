import type { FluxObject } from "../../../components/gitops/readiness/flux-object";
import type { ApiObject } from "./api-server";

/** The fields that a status is made of. Everything that a controller writes may be missing. */

interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastTransitionTime?: string;
}

export type ReadFluxObject = FluxObject & {
    readonly metadata: { readonly creationTimestamp?: string };
    readonly spec?: { readonly url?: string; readonly ref?: { readonly branch?: string } };
    readonly status?: {
        readonly artifact?: { readonly lastUpdateTime?: string };
        /** HelmRelease only: the newest first. */
        readonly history?: readonly { readonly chartVersion?: string }[];
    };
};

export interface Node extends ApiObject {
    readonly status?: {
        readonly nodeInfo?: { readonly kubeletVersion?: string };
        readonly conditions?: readonly Condition[];
    };
}

export interface Deployment extends ApiObject {
    readonly spec?: {
        readonly replicas?: number;
        readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
    };
    readonly status?: { readonly readyReplicas?: number };
}

export interface FluxInstance extends ApiObject {
    readonly status?: { readonly lastAppliedRevision?: string; readonly conditions?: readonly Condition[] };
}

/** https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate */
export interface CertificateObject extends ApiObject {
    readonly spec?: { readonly dnsNames?: readonly string[] };
    readonly status?: {
        readonly conditions?: readonly Condition[];
        readonly notAfter?: string;
        readonly renewalTime?: string;
    };
}

/** https://velero.io/docs/main/api-types/schedule/ */
export interface VeleroSchedule extends ApiObject {
    readonly spec?: { readonly schedule?: string; readonly paused?: boolean };
    readonly status?: { readonly phase?: string; readonly validationErrors?: readonly string[] };
}

/** https://velero.io/docs/main/api-types/backup/ */
export interface VeleroBackup extends ApiObject {
    readonly status?: {
        readonly phase?: string;
        readonly startTimestamp?: string;
        readonly completionTimestamp?: string;
        readonly failureReason?: string;
        readonly errors?: number;
    };
}

/** https://velero.io/docs/main/api-types/backupstoragelocation/ */
export interface StorageLocation extends ApiObject {
    readonly status?: { readonly phase?: string; readonly message?: string };
}

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#postgresql-cnpg-io-v1-ScheduledBackup */
export interface PostgresqlSchedule extends ApiObject {
    readonly spec?: {
        readonly schedule?: string;
        readonly suspend?: boolean;
        readonly cluster?: { readonly name?: string };
    };
    readonly status?: { readonly error?: string };
}

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#postgresql-cnpg-io-v1-Backup */
export interface PostgresqlBackup extends ApiObject {
    readonly spec?: { readonly cluster?: { readonly name?: string } };
    readonly status?: {
        readonly phase?: string;
        readonly startedAt?: string;
        readonly stoppedAt?: string;
        readonly error?: string;
    };
}

export interface ResourceQuota extends ApiObject {
    readonly status?: {
        readonly hard?: Readonly<Record<string, string>>;
        readonly used?: Readonly<Record<string, string>>;
    };
}

export interface KubernetesEvent extends ApiObject {
    readonly involvedObject: { readonly kind: string; readonly namespace?: string; readonly name: string };
    readonly type?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastTimestamp?: string | null;
    readonly eventTime?: string | null;
}

/** A managed cluster as Azure Resource Manager shows it. */
export interface AzureCluster {
    readonly name: string;
    readonly location: string;
    readonly properties?: {
        readonly provisioningState?: string;
        readonly powerState?: { readonly code?: string };
        readonly currentKubernetesVersion?: string;
        readonly agentPoolProfiles?: readonly {
            readonly name: string;
            readonly count?: number;
            readonly provisioningState?: string;
            readonly currentOrchestratorVersion?: string;
        }[];
    };
}

/** A key of a vault as Azure Resource Manager shows it. */
export interface AzureKey {
    readonly properties?: {
        readonly keyUriWithVersion?: string;
        /** `exp` is in seconds since 1970. */
        readonly attributes?: { readonly enabled?: boolean; readonly exp?: number };
    };
}
