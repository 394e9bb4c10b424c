/**
 * The credentials of the programs of a control plane. Made once for each state folder and kept in it, mode 0600.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Authority } from "../network/authority";

export interface Credentials {
    /** A static token of a member of system:masters. */
    readonly adminToken: string;
    readonly tokenFile: string;
    /** Signs service account tokens: RSA, as federated credentials in Entra ask for RS256. */
    readonly serviceAccountKeyFile: string;
    readonly servingCertificateFile: string;
    readonly servingKeyFile: string;
    /** What the API server shows its authorization webhook. */
    readonly webhookToken: string;
}

/** @param hosts names and addresses of the API server's certificate. */
export async function prepareCredentials(
    directory: string,
    authority: Authority,
    hosts: string[],
): Promise<Credentials> {
    const tokenFile = join(directory, "tokens.csv");
    const adminToken = existsSync(tokenFile)
        ? readFileSync(tokenFile, "utf8").split(",")[0]!
        : randomBytes(32).toString("hex");
    writePrivate(tokenFile, `${adminToken},masterclient,masterclient,"system:masters"\n`);

    const serviceAccountKeyFile = join(directory, "service-account.key");
    if (!existsSync(serviceAccountKeyFile)) {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        writePrivate(serviceAccountKeyFile, privateKey.export({ type: "pkcs1", format: "pem" }).toString());
    }

    const serving = await authority.issue(hosts);
    const servingCertificateFile = join(directory, "serving.crt");
    const servingKeyFile = join(directory, "serving.key");
    writePrivate(servingCertificateFile, serving.certificatePem);
    writePrivate(servingKeyFile, serving.keyPem);
    const webhookToken = randomBytes(32).toString("hex");
    return { adminToken, tokenFile, serviceAccountKeyFile, servingCertificateFile, servingKeyFile, webhookToken };
}

export interface KubeconfigOptions {
    readonly server: string;
    readonly caPem: string;
    readonly namespace?: string;
    readonly user: { readonly token: string } | { readonly tokenFile: string };
}

/** A kubeconfig with one cluster, user and context, all named `name`. */
export function kubeconfig(name: string, { server, caPem, namespace, user }: KubeconfigOptions): string {
    const cluster = { server, "certificate-authority-data": Buffer.from(caPem).toString("base64") };
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster }],
        users: [{ name, user }],
        contexts: [{ name, context: { cluster: name, user: name, ...(namespace && { namespace }) } }],
        "current-context": name,
    });
}

export function writePrivate(file: string, content: string | Buffer): void {
    writeFileSync(file, content, { mode: 0o600 });
}
