import { randomBytes } from "node:crypto";

/** Values that are not random. */
const fixed: Readonly<Record<string, string>> = {
    "decryption-canary-pgp/decrypted": "yes",
    "grafana-admin/admin-user": "admin",
};

/** Addresses that another service gives. A random value would be none. */
const addresses: readonly string[] = ["alert-receivers"];

/** Bytes of a random value. */
const length = 32;

/** A new value for a key of an environment's Secret. */
export function newValue(secret: string, key: string): string {
    return (
        fixed[`${secret}/${key}`] ??
        (addresses.includes(secret) ? `https://${secret}.invalid/${key}` : randomBytes(length).toString("base64url"))
    );
}
