import type { CustomObject } from "../operator";
import type { Condition } from "../status";

export const secretStores = { group: "external-secrets.io", version: "v1", plural: "secretstores" } as const;
export const clusterSecretStores = {
    ...{ group: "external-secrets.io", version: "v1", plural: "clustersecretstores" },
} as const;
export const externalSecrets = { group: "external-secrets.io", version: "v1", plural: "externalsecrets" } as const;

export interface SecretStore extends CustomObject {
    readonly spec: {
        readonly provider: {
            readonly azurekv?: {
                readonly vaultUrl: string;
                readonly tenantId?: string;
                readonly authType?: string;
                readonly serviceAccountRef?: { readonly name: string; readonly namespace?: string };
            };
        };
    };
    readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown };
}

export interface RemoteReference {
    /** `name` or `secret/name`. */
    readonly key: string;
    readonly version?: string;
    /** A field of a secret that is JSON. */
    readonly property?: string;
}

/** https://external-secrets.io/latest/api/externalsecret/ */
export interface ExternalSecret extends CustomObject {
    readonly spec: {
        readonly secretStoreRef?: { readonly name: string; readonly kind?: string };
        readonly refreshInterval?: string;
        readonly target?: {
            readonly name?: string;
            readonly creationPolicy?: string;
            readonly template?: {
                readonly type?: string;
                readonly metadata?: {
                    readonly labels?: Readonly<Record<string, string>>;
                    readonly annotations?: Readonly<Record<string, string>>;
                };
                readonly data?: object;
                readonly templateFrom?: object;
            };
        };
        readonly data?: readonly { readonly secretKey: string; readonly remoteRef: RemoteReference }[];
        readonly dataFrom?: readonly { readonly extract?: RemoteReference }[];
    };
    readonly status?: { readonly refreshTime?: string; readonly syncedResourceVersion?: string };
}
