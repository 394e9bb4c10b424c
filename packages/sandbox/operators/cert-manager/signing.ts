import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import * as x509 from "@peculiar/x509";
import { millisecondsOf } from "../durations";
import type { Certificate } from "./types";

/** What signs: a certificate with its key, and the certificates between it and its root. */
export interface Signer {
    readonly certificate: x509.X509Certificate;
    readonly key: KeyObject;
    readonly intermediates: readonly x509.X509Certificate[];
}

export interface Signed {
    /** The certificate with those that lead to the root, which is not among them. */
    readonly chainPem: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

type Spec = Certificate["spec"];

const defaultLife = 90 * 24 * 60 * 60 * 1000;
const curves = { 256: "P-256", 384: "P-384", 521: "P-521" } as const;

/** A new key as a Certificate asks for it: RSA with 2048 bits unless it says otherwise. */
export async function generateKey({ privateKey = {} }: Spec): Promise<KeyObject> {
    const { algorithm = "RSA", size } = privateKey;
    if (algorithm === "RSA") {
        return (await promisify(generateKeyPair)("rsa", { modulusLength: size ?? 2048 })).privateKey;
    }
    if (algorithm === "Ed25519") {
        return (await promisify(generateKeyPair)("ed25519")).privateKey;
    }
    const namedCurve = curves[(size ?? 256) as keyof typeof curves];
    return (await promisify(generateKeyPair)("ec", { namedCurve })).privateKey;
}

/** In the encoding of the Certificate, which is PKCS #1 or SEC 1 by default. */
export function keyPem(key: KeyObject, { privateKey = {} }: Spec): string {
    const type = key.asymmetricKeyType;
    const own = type === "rsa" ? "pkcs1" : type === "ec" ? "sec1" : "pkcs8";
    return key.export({ format: "pem", type: privateKey.encoding === "PKCS8" ? "pkcs8" : own }).toString();
}

/**
 * Reads a key and its certificates as they stand in a Secret.
 *
 * @throws Error if they are no CA, are not each other's, or are not what they should be at all.
 */
export function readSigner(certificatesPem: string, privateKeyPem: string): Signer {
    const [certificate, ...rest] = certificatesIn(certificatesPem);
    const key = createPrivateKey(privateKeyPem);
    if (!certificate) {
        throw new Error("tls.crt has no certificate");
    }
    if (certificate.getExtension(x509.BasicConstraintsExtension)?.ca !== true) {
        throw new Error("the certificate is not a CA");
    }
    return { certificate, key, intermediates: [certificate, ...rest].filter((each) => each.subject !== each.issuer) };
}

function certificatesIn(pem: string): x509.X509Certificate[] {
    return x509.PemConverter.decode(pem).map((der) => new x509.X509Certificate(der));
}

/** Signs what a Certificate asks for, for a key; without a signer it signs itself. */
export async function sign(spec: Spec, key: KeyObject, signer?: Signer, begin = new Date()): Promise<Signed> {
    const keys = await webKeys(key);
    const { commonName, isCA = false } = spec;
    const notBefore = new Date(Math.floor(begin.getTime() / 1000) * 1000);
    const notAfter = new Date(notBefore.getTime() + millisecondsOf(spec.duration, defaultLife));
    const subject = commonName ? [{ CN: [commonName] }] : [];
    const issuer = signer?.certificate;
    const certificate = await x509.X509CertificateGenerator.create({
        ...{ serialNumber: serialNumber(), subject, notBefore, notAfter, publicKey: keys.publicKey },
        issuer: issuer?.subject ?? new x509.Name(subject).toString(),
        signingKey: (signer ? await webKeys(signer.key) : keys).privateKey,
        signingAlgorithm: { name: algorithmOf(signer?.key ?? key).name, hash: "SHA-256" },
        extensions: [
            new x509.BasicConstraintsExtension(isCA, undefined, true),
            ...usageExtensions(spec),
            ...alternativeNames(spec, commonName === undefined),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            ...(issuer ? [await x509.AuthorityKeyIdentifierExtension.create(issuer)] : []),
        ],
    });
    const chain = [certificate, ...(signer?.intermediates ?? [])];
    return { chainPem: chain.map((each) => `${each.toString("pem")}\n`).join(""), notBefore, notAfter };
}

function alternativeNames({ dnsNames, ipAddresses, uris }: Spec, critical: boolean): x509.Extension[] {
    const names = [
        ...(dnsNames ?? []).map((value) => ({ type: "dns", value }) as const),
        ...(ipAddresses ?? []).map((value) => ({ type: "ip", value }) as const),
        ...(uris ?? []).map((value) => ({ type: "url", value }) as const),
    ];
    return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names, critical)] : [];
}

const keyUsages: Readonly<Record<string, x509.KeyUsageFlags>> = {
    "digital signature": x509.KeyUsageFlags.digitalSignature,
    "key encipherment": x509.KeyUsageFlags.keyEncipherment,
    "cert sign": x509.KeyUsageFlags.keyCertSign,
    "crl sign": x509.KeyUsageFlags.cRLSign,
};
const extendedUsages: Readonly<Record<string, x509.ExtendedKeyUsage>> = {
    "server auth": x509.ExtendedKeyUsage.serverAuth,
    "client auth": x509.ExtendedKeyUsage.clientAuth,
};

function usageExtensions({ usages = ["digital signature", "key encipherment"], isCA }: Spec): x509.Extension[] {
    const all = isCA ? [...usages, "cert sign"] : usages;
    const flags = all.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0);
    const extended = all.flatMap((usage) => extendedUsages[usage] ?? []);
    return [
        new x509.KeyUsagesExtension(flags, true),
        ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
    ];
}

function algorithmOf(key: KeyObject) {
    switch (key.asymmetricKeyType) {
        case "rsa":
            return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
        case "ed25519":
            return { name: "Ed25519" } as const;
        default: {
            const curve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[
                key.asymmetricKeyDetails?.namedCurve ?? ""
            ];
            return { name: "ECDSA", namedCurve: curve ?? "P-256" } as const;
        }
    }
}

async function webKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
    const der = key.export({ format: "der", type: "pkcs8" });
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, algorithmOf(key), true, ["sign"]);
    const { kty, n, e, crv, x, y } = await webcrypto.subtle.exportKey("jwk", privateKey);
    const open = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value));
    const publicKey = await webcrypto.subtle.importKey("jwk", open, algorithmOf(key), true, ["verify"]);
    return { privateKey, publicKey };
}

function serialNumber(): string {
    // RFC 5280: positive, at most 20 bytes. A clear top bit keeps it positive.
    const bytes = randomBytes(16);
    bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x40;
    return bytes.toString("hex");
}
