import type { CustomObject } from "../operator";
import type { Condition } from "../status";

export const issuers = { group: "cert-manager.io", version: "v1", plural: "issuers" } as const;
export const clusterIssuers = { group: "cert-manager.io", version: "v1", plural: "clusterissuers" } as const;
export const certificates = { group: "cert-manager.io", version: "v1", plural: "certificates" } as const;

export interface Issuer extends CustomObject {
    readonly spec: {
        readonly selfSigned?: object;
        readonly ca?: { readonly secretName: string };
        readonly acme?: {
            readonly server: string;
            readonly email?: string;
            readonly privateKeySecretRef: { readonly name: string; readonly key?: string };
            readonly solvers?: readonly Solver[];
        };
    };
    readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown };
}

export interface Solver {
    readonly selector?: { readonly dnsNames?: readonly string[]; readonly dnsZones?: readonly string[] };
    readonly http01?: { readonly ingress?: { readonly ingressClassName?: string; readonly class?: string } };
    readonly dns01?: { readonly azureDNS?: AzureDns };
}

export interface AzureDns {
    readonly subscriptionID: string;
    readonly resourceGroupName: string;
    readonly hostedZoneName: string;
    readonly managedIdentity?: { readonly clientID?: string };
}

/** https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec */
export interface Certificate extends CustomObject {
    readonly spec: {
        readonly secretName: string;
        readonly secretTemplate?: {
            readonly labels?: Readonly<Record<string, string>>;
            readonly annotations?: Readonly<Record<string, string>>;
        };
        readonly issuerRef: { readonly name: string; readonly kind?: string; readonly group?: string };
        readonly commonName?: string;
        readonly dnsNames?: readonly string[];
        readonly ipAddresses?: readonly string[];
        readonly uris?: readonly string[];
        readonly isCA?: boolean;
        readonly usages?: readonly string[];
        /** As Go writes it: `2160h0m0s`. Default 90 days. */
        readonly duration?: string;
        /** Default: a third of the certificate's life. */
        readonly renewBefore?: string;
        readonly privateKey?: {
            /** Default RSA. */
            readonly algorithm?: "RSA" | "ECDSA" | "Ed25519";
            readonly encoding?: "PKCS1" | "PKCS8";
            readonly size?: number;
            /** `Never` keeps the key when the certificate is renewed. */
            readonly rotationPolicy?: "Always" | "Never";
        };
    };
    readonly status?: {
        readonly conditions?: readonly Condition[];
        readonly revision?: number;
        readonly [field: string]: unknown;
    };
}

/** Secrets, as far as they are read here: `data` is in base64. */
export interface Secret {
    readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
    readonly data?: Readonly<Record<string, string>>;
}

/** A value of a Secret as text. */
export function textOf(secret: Secret | undefined, key: string): string | undefined {
    const value = secret?.data?.[key];
    return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}
