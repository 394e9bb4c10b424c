import type { CustomObject } from "../operator";

export const clusters = { group: "postgresql.cnpg.io", version: "v1", plural: "clusters" } as const;
export const scheduledBackups = { group: "postgresql.cnpg.io", version: "v1", plural: "scheduledbackups" } as const;

type Texts = Readonly<Record<string, string>>;

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#postgresql-cnpg-io-v1-ClusterSpec */
export interface Cluster extends CustomObject {
    readonly spec: {
        readonly instances: number;
        readonly imageName?: string;
        readonly bootstrap?: { readonly initdb?: { readonly database?: string; readonly owner?: string } };
        readonly storage?: { readonly size?: string; readonly storageClass?: string };
        readonly resources?: object;
        readonly priorityClassName?: string;
        readonly topologySpreadConstraints?: readonly object[];
        readonly serviceAccountName?: string;
        readonly serviceAccountTemplate?: {
            readonly metadata?: { readonly annotations?: Texts; readonly labels?: Texts };
        };
        readonly inheritedMetadata?: { readonly labels?: Texts; readonly annotations?: Texts };
        readonly plugins?: readonly {
            readonly name: string;
            readonly enabled?: boolean;
            readonly parameters?: Texts;
        }[];
    };
}
