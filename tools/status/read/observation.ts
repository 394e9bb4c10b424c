import type { Part, Unknown } from "../status";
import type { ApiObject } from "./api-server";
import type {
    AzureCluster,
    AzureKey,
    CertificateObject,
    Deployment,
    FluxInstance,
    KubernetesEvent,
    Node,
    PostgresqlBackup,
    PostgresqlSchedule,
    ReadFluxObject,
    ResourceQuota,
    StorageLocation,
    VeleroBackup,
    VeleroSchedule,
} from "./objects";

/** Everything that a status is made of, as it was read: a status follows from it alone. */
export interface Observation {
    /** When it was read, in ISO 8601. */
    readonly at: string;
    readonly azure: Part<AzureObservation>;
    readonly cluster: ClusterObservation;
    readonly tree: Part<TreeObservation>;
}

export interface AzureObservation {
    readonly subscription: string;
    /** `null` stands for a group that is not there. */
    readonly groups: readonly { readonly name: string; readonly state: string | null }[];
    readonly cluster: Part<AzureCluster | null>;
    readonly key: Part<AzureKey | null>;
}

export interface ClusterObservation {
    readonly server: Part<{ readonly url: string; readonly version: string }>;
    readonly nodes: Part<readonly Node[]>;
    readonly flux: Part<readonly ReadFluxObject[]>;
    readonly instances: Part<readonly FluxInstance[]>;
    readonly deployments: Part<readonly Deployment[]>;
    readonly certificates: Part<readonly CertificateObject[]>;
    readonly schedules: Part<readonly VeleroSchedule[]>;
    readonly backups: Part<readonly VeleroBackup[]>;
    readonly locations: Part<readonly StorageLocation[]>;
    readonly postgresqlSchedules: Part<readonly PostgresqlSchedule[]>;
    readonly postgresqlBackups: Part<readonly PostgresqlBackup[]>;
    readonly teams: Part<readonly ApiObject[]>;
    readonly quotas: Part<readonly ResourceQuota[]>;
    readonly events: Part<readonly KubernetesEvent[]>;
}

/** What the files of `gitops/` say of the stack's environment. */
export interface TreeObservation {
    readonly layers: readonly { readonly name: string; readonly after: readonly string[] }[];
    /** PGP fingerprints with the number of files that are encrypted to each. */
    readonly pgp: Readonly<Record<string, number>>;
}

/** The answer to a question, or why there is none. */
export function known<T>(question: Promise<T>): Promise<Part<T>> {
    return question.catch((error: unknown): Unknown => ({
        unknown: error instanceof Error ? error.message : String(error),
    }));
}
