/**
 * What `npm run status` knows of a platform, and what `--json` prints. docs/status.md describes it: a change that takes
 * a field away, or gives it another meaning, raises `format`.
 */
export interface Status {
    readonly format: 1;
    readonly stack: string;
    /** When it was looked at. This and all other times are in ISO 8601. */
    readonly at: string;
    /** Whether nothing is wrong that the platform's owners have to put right. */
    readonly healthy: boolean;
    /** What is wrong, the causes before what follows from them. */
    readonly problems: readonly Problem[];
    readonly cloud: Part<Cloud>;
    readonly cluster: Part<Cluster>;
    readonly flux: Part<Flux>;
    /** In the order in which they start. */
    readonly layers: Part<readonly Layer[]>;
    readonly releases: Part<readonly Release[]>;
    readonly certificates: Part<readonly Certificate[]>;
    readonly backups: Backups;
    readonly keys: Part<Keys>;
    readonly drift: Part<Drift>;
    readonly teams: Part<readonly Team[]>;
    /** The newest events of what Flux reconciles, the newest first. */
    readonly events: Part<readonly Event[]>;
}

/** A part of the platform, or why nothing is known of it: no right, no answer, or not there yet. */
export type Part<T> = T | Unknown;

export interface Unknown {
    readonly unknown: string;
}

export interface Problem {
    /** An error is the platform's own; a warning will be one, or is a team's. */
    readonly severity: "error" | "warning";
    /** The part of the status that it was found in. */
    readonly part: Exclude<keyof Status, "format" | "stack" | "at" | "healthy" | "problems">;
    /** Kind, namespace and name, as in `HelmRelease flux-system/traefik`. */
    readonly object: string;
    /** One line, in the words of whoever reported it. */
    readonly message: string;
    readonly cause?: string;
    /** Layers that wait for it. */
    readonly holds?: readonly string[];
    /** The command that shows more, or that puts it right. */
    readonly command: string;
}

/** `working` is on its way, `waiting` has not begun, `planned` is in the tree but not in the cluster. */
export type State = "ready" | "working" | "waiting" | "failed" | "suspended" | "planned";

export interface Cloud {
    readonly subscription: string;
    readonly groups: readonly { readonly name: string; readonly state: string }[];
    /** Absent where there is none. */
    readonly cluster?: {
        readonly name: string;
        readonly region: string;
        readonly state: string;
        readonly power: string;
        readonly version: string;
        readonly pools: readonly {
            readonly name: string;
            readonly nodes: number;
            readonly state: string;
            readonly version: string;
        }[];
    };
}

export interface Cluster {
    readonly server: string;
    readonly version: string;
    readonly nodes: Part<
        readonly {
            readonly name: string;
            readonly ready: boolean;
            readonly version: string;
            /** Why it is not ready. */
            readonly message: string;
        }[]
    >;
}

export interface Flux {
    /** The release of Flux that runs, as its tag is; empty until the operator has installed one. */
    readonly version: string;
    readonly ready: boolean;
    readonly message: string;
    readonly controllers: readonly {
        readonly name: string;
        readonly ready: number;
        readonly replicas: number;
        readonly version: string;
    }[];
    readonly source: {
        readonly url: string;
        readonly branch: string;
        /** Empty until a commit was fetched. */
        readonly commit: string;
        readonly fetched: string;
    };
}

export interface Layer {
    readonly name: string;
    readonly state: State;
    /** Layers that have to be ready before it starts. */
    readonly after: readonly string[];
    /** Those of them that are not. */
    readonly waitsFor: readonly string[];
    /** The revision that it has applied. */
    readonly revision: string;
    readonly message: string;
    /** Since when it is in this state. */
    readonly since: string;
}

export interface Release {
    readonly namespace: string;
    readonly name: string;
    readonly state: State;
    /** The layer that it is part of; empty for a team's. */
    readonly layer: string;
    /** The chart's version. */
    readonly version: string;
    readonly message: string;
}

export interface Certificate {
    readonly namespace: string;
    readonly name: string;
    readonly state: State;
    readonly names: readonly string[];
    readonly expires: string;
    readonly renews: string;
    readonly message: string;
}

/** By what makes them. */
export interface Backups {
    readonly velero: Part<readonly Backup[]>;
    readonly postgresql: Part<readonly Backup[]>;
}

export interface Backup {
    readonly namespace: string;
    /** The schedule that makes it. */
    readonly name: string;
    readonly schedule: string;
    /** End of the newest that succeeded; empty when there is none. */
    readonly newest: string;
    /** When the newest is too old; empty where the schedule does not say. */
    readonly overdue: string;
    readonly message: string;
    readonly state: State;
}

export interface Keys {
    readonly keyVault: Part<{ readonly uri: string; readonly enabled: boolean; readonly expires: string }>;
    /** PGP keys that the environment's files are encrypted to, and how many files are to each. */
    readonly pgp: Part<readonly { readonly fingerprint: string; readonly files: number }[]>;
    /** The layer that proves that Flux decrypts with each kind of key. */
    readonly proof: Part<{ readonly layer: string; readonly state: State }>;
}

export interface Drift {
    /** The commit that Flux has fetched. */
    readonly commit: string;
    /** Layers that have applied another one. */
    readonly behind: readonly { readonly layer: string; readonly revision: string }[];
    /** Objects that somebody told Flux to leave alone. */
    readonly suspended: readonly string[];
    /** Releases whose objects somebody changed by hand, as Helm's controller reports in events. */
    readonly changed: readonly { readonly release: string; readonly at: string; readonly message: string }[];
}

export interface Team {
    readonly name: string;
    /** The team's own Kustomizations and releases. */
    readonly objects: number;
    readonly ready: number;
    readonly failing: readonly string[];
    /** Limits of the namespace's quotas, the one that is used most first. */
    readonly quota: readonly {
        readonly resource: string;
        readonly used: string;
        readonly hard: string;
        /** From 0 to 1. */
        readonly share: number;
    }[];
}

export interface Event {
    readonly at: string;
    readonly object: string;
    readonly warning: boolean;
    readonly reason: string;
    readonly message: string;
}

export function isKnown<T>(part: Part<T>): part is T {
    return typeof part !== "object" || part === null || !("unknown" in part);
}
