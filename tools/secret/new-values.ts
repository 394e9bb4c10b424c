import { randomBytes } from "node:crypto";

/** Values that are not random. */
const fixed: Readonly<Record<string, string>> = {
    "decryption-canary-pgp/decrypted": "yes",
    "grafana-admin/admin-user": "admin",
};

/** Values that are the same as another one: the password of a client of Valkey. */
const same: Readonly<Record<string, string>> = { "dapr-statestore/password": "valkey/password" };

/** Addresses that another service gives. A random value would be none. */
const addresses: readonly string[] = ["alert-receivers"];

/** Bytes of a random value. */
const length = 32;

/** Gives each value of an environment's Secrets, by `<Secret>/<key>`: those that stay, and new ones for the others. */
export class NewValues {
    private readonly values = new Map<string, string>();

    /** A value that stays, and with it those that have to be the same. */
    keep(path: string, value: string): void {
        this.values.set(same[path] ?? path, value);
    }

    valueOf(path: string): string {
        const of = same[path] ?? path;
        const value = this.values.get(of) ?? fixed[of] ?? placeholder(of) ?? randomBytes(length).toString("base64url");
        this.values.set(of, value);
        return value;
    }
}

function placeholder(path: string): string | undefined {
    const [secret = "", key = ""] = path.split("/");
    return addresses.includes(secret) ? `https://${secret}.invalid/${key}` : undefined;
}
