import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { serialNumber } from "../network/authority";
import { readIfThere } from "../read-if-there";
import { SigningKey } from "./signing-key";

const names = ["authority", "certificates", "entries", "updates"] as const;

/** The keys that stand for Sigstore's public service in one sandbox. */
export interface TrustRoot {
    /** Fulcio's, which signs certificates, with its own. */
    readonly authority: SigningKey;
    readonly authorityCertificate: x509.X509Certificate;
    /** The log of certificates. */
    readonly certificates: SigningKey;
    /** Rekor's, the log of signatures. */
    readonly entries: SigningKey;
    /** The update repository's, from which clients take the other three. */
    readonly updates: SigningKey;
}

/**
 * Reads the trust root in `directory`, or makes it. It stays as long as the sandbox, since controllers keep what they
 * have fetched.
 */
export async function loadOrCreateTrustRoot(directory: string): Promise<TrustRoot> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const [authority, certificates, entries, updates] = await Promise.all(
        names.map((name) => loadOrCreateKey(join(directory, `${name}.key`))),
    );
    const file = join(directory, "authority.crt");
    const pem = (await readIfThere(file)) ?? (await selfSigned(authority!)).toString("pem");
    await writeFile(file, `${pem.trim()}\n`);
    return {
        authority: authority!,
        authorityCertificate: new x509.X509Certificate(pem),
        certificates: certificates!,
        entries: entries!,
        updates: updates!,
    };
}

async function loadOrCreateKey(file: string): Promise<SigningKey> {
    const pem = await readIfThere(file);
    if (pem !== undefined) {
        return SigningKey.read(pem);
    }
    const key = SigningKey.generate();
    await writeFile(file, key.privatePem, { mode: 0o600 });
    return key;
}

async function selfSigned(key: SigningKey): Promise<x509.X509Certificate> {
    const name = "CN=sigstore, O=Landfall sandbox";
    const begin = Date.now() - 24 * 60 * 60 * 1000;
    return x509.X509CertificateGenerator.create({
        ...{ serialNumber: serialNumber(), subject: name, issuer: name },
        ...{ notBefore: new Date(begin), notAfter: new Date(begin + 10 * 365 * 24 * 60 * 60 * 1000) },
        ...{ publicKey: await key.webPublicKey(), signingKey: await key.webPrivateKey() },
        signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ],
    });
}

/**
 * What a client has to trust, in the form of the target `trusted_root.json` of Sigstore's update repository.
 *
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
export function trustedRootJson({ authorityCertificate, certificates, entries }: TrustRoot): string {
    const start = authorityCertificate.notBefore.toISOString();
    const log = (baseUrl: string, key: SigningKey) => ({
        ...{ baseUrl, hashAlgorithm: "SHA2_256", logId: { keyId: key.id.toString("base64") } },
        publicKey: {
            rawBytes: key.publicDer.toString("base64"),
            keyDetails: "PKIX_ECDSA_P256_SHA_256",
            validFor: { start },
        },
    });
    const rawBytes = Buffer.from(authorityCertificate.rawData).toString("base64");
    return JSON.stringify({
        mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        tlogs: [log("https://rekor.sigstore.dev", entries)],
        certificateAuthorities: [
            {
                subject: { organization: "Landfall sandbox", commonName: "sigstore" },
                uri: "https://fulcio.sigstore.dev",
                certChain: { certificates: [{ rawBytes }] },
                validFor: { start },
            },
        ],
        ctlogs: [log("https://ctfe.sigstore.dev/2022", certificates)],
        timestampAuthorities: [],
    });
}
