import type { CustomObject } from "../operator";
import type { Condition } from "../status";

export const clusters = { group: "postgresql.cnpg.io", version: "v1", plural: "clusters" } as const;
export const backups = { group: "postgresql.cnpg.io", version: "v1", plural: "backups" } as const;
export const objectStores = { group: "barmancloud.cnpg.io", version: "v1", plural: "objectstores" } as const;
export const scheduledBackups = { group: "postgresql.cnpg.io", version: "v1", plural: "scheduledbackups" } as const;

type Texts = Readonly<Record<string, string>>;

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#postgresql-cnpg-io-v1-ClusterSpec */
export interface Cluster extends CustomObject {
    readonly spec: {
        readonly instances: number;
        readonly imageName?: string;
        readonly bootstrap?: {
            readonly initdb?: Application;
            readonly recovery?: Application & {
                readonly source?: string;
                readonly recoveryTarget?: { readonly targetTime?: string };
            };
        };
        readonly externalClusters?: readonly { readonly name: string; readonly plugin?: Plugin }[];
        readonly storage?: { readonly size?: string; readonly storageClass?: string };
        readonly resources?: object;
        readonly priorityClassName?: string;
        readonly topologySpreadConstraints?: readonly object[];
        readonly serviceAccountName?: string;
        readonly serviceAccountTemplate?: {
            readonly metadata?: { readonly annotations?: Texts; readonly labels?: Texts };
        };
        readonly inheritedMetadata?: { readonly labels?: Texts; readonly annotations?: Texts };
        readonly plugins?: readonly Plugin[];
    };
    readonly status?: {
        /** PostgreSQL's own name of its data, which a physical backup keeps. */
        readonly systemID?: string;
        readonly timelineID?: number;
        readonly conditions?: readonly Condition[];
        readonly [field: string]: unknown;
    };
}

/** The database that an application uses. */
interface Application {
    readonly database?: string;
    readonly owner?: string;
}

export interface Plugin {
    readonly name: string;
    readonly enabled?: boolean;
    readonly isWALArchiver?: boolean;
    readonly parameters?: Texts;
}
