import { randomBytes, webcrypto } from "node:crypto";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { readIfThere } from "../read-if-there";

x509.cryptoProvider.set(webcrypto);

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" } as const;
const day = 24 * 60 * 60 * 1000;

interface IssuedCertificate {
    /** The leaf certificate, followed by the authority's. */
    readonly certificatePem: string;
    readonly keyPem: string;
}

/** The certificate authority of one sandbox, which every process in it trusts and nothing outside of it does. */
export interface Authority {
    readonly certificatePem: string;
    /**
     * A bundle with this one certificate, for SSL_CERT_FILE and NODE_EXTRA_CA_CERTS. It leaves the public roots out on
     * purpose: a Go process which reads it can reach nothing but the sandbox.
     */
    readonly certificateFile: string;
    readonly keyPem: string;
    /** A server certificate for host names and IP addresses, valid for 365 days. Throws when `hosts` is empty. */
    issue(hosts: string[]): Promise<IssuedCertificate>;
}

/**
 * Reads the authority in `directory` (`authority.crt`, and `authority.key` with mode 0600), or creates it.
 *
 * Throws when only one of the two files is there, or when they can not be read.
 */
export async function loadOrCreateAuthority(directory: string): Promise<Authority> {
    const certificateFile = join(directory, "authority.crt");
    const keyFile = join(directory, "authority.key");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const [certificatePem, keyPem] = await Promise.all([readIfThere(certificateFile), readIfThere(keyFile)]);
    if (certificatePem !== undefined && keyPem !== undefined) {
        return authorityOf(certificatePem, keyPem, certificateFile);
    }
    if (certificatePem !== undefined || keyPem !== undefined) {
        throw new Error(
            `The sandbox's certificate authority in ${directory} is half there: ` +
                `delete authority.crt and authority.key, and start the sandbox again.`,
        );
    }
    const created = await createAuthority();
    await writeWhole(keyFile, created.keyPem, 0o600);
    await writeWhole(certificateFile, created.certificatePem, 0o644);
    return authorityOf(created.certificatePem, created.keyPem, certificateFile);
}

async function authorityOf(certificatePem: string, keyPem: string, certificateFile: string): Promise<Authority> {
    const certificate = new x509.X509Certificate(certificatePem);
    const signingKey = await webcrypto.subtle.importKey(
        "pkcs8",
        x509.PemConverter.decodeFirst(keyPem),
        keyAlgorithm,
        false,
        ["sign"],
    );
    return {
        certificatePem,
        certificateFile,
        keyPem,
        issue: (hosts) => issueCertificate(certificate, signingKey, hosts),
    };
}

async function createAuthority(): Promise<{ certificatePem: string; keyPem: string }> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: serialNumber(),
        name: "CN=Landfall sandbox, O=Landfall",
        ...validFor(3650),
        signingAlgorithm,
        keys,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
    return { certificatePem: certificate.toString("pem") + "\n", keyPem: await privateKeyPem(keys) };
}

async function issueCertificate(
    issuer: x509.X509Certificate,
    signingKey: webcrypto.CryptoKey,
    hosts: string[],
): Promise<IssuedCertificate> {
    const [first] = hosts;
    if (first === undefined) {
        throw new Error("A certificate needs at least one host name or IP address.");
    }
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
    const names = hosts.map((host) => ({ type: isIP(host) === 0 ? "dns" : "ip", value: host }) as const);
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        // A common name holds 64 characters at most; clients read the alternative names.
        subject: [{ CN: [first.slice(0, 64)] }],
        issuer: issuer.subject,
        ...validFor(365),
        signingAlgorithm,
        publicKey: keys.publicKey,
        signingKey,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension(names),
            await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ],
    });
    return {
        certificatePem: `${certificate.toString("pem")}\n${issuer.toString("pem")}\n`,
        keyPem: await privateKeyPem(keys),
    };
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return x509.PemConverter.encode(pkcs8, "PRIVATE KEY") + "\n";
}

function validFor(days: number): { notBefore: Date; notAfter: Date } {
    const now = Date.now();
    return { notBefore: new Date(now - day), notAfter: new Date(now + days * day) };
}

/** A positive number of at most 20 bytes, as RFC 5280 wants it: a clear top bit keeps it positive. */
export function serialNumber(): string {
    const bytes = randomBytes(16);
    bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x40;
    return bytes.toString("hex");
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
    const temporary = `${file}.${process.pid}.tmp`;
    await writeFile(temporary, text, { mode });
    await chmod(temporary, mode);
    await rename(temporary, file);
}
