import type { Signer } from "@landfall/facts";
import * as x509 from "@peculiar/x509";
import { serialNumber } from "../network/authority";
import type { SigningKey } from "./signing-key";
import type { TrustRoot } from "./trust-root";

const minutes = 60 * 1000;

/**
 * A certificate for a key of somebody, as Fulcio gives it: for ten minutes, with the identity, and with the log's word
 * that it has seen it.
 *
 * @see https://github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md
 */
export async function signingCertificate(root: TrustRoot, key: SigningKey, identity: Signer): Promise<Buffer> {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const fields = {
        ...{ serialNumber: serialNumber(), subject: "", issuer: root.authorityCertificate.subject },
        ...{ notBefore: new Date(now - 5 * minutes), notAfter: new Date(now + 5 * minutes) },
        ...{ publicKey: await key.webPublicKey(), signingKey: await root.authority.webPrivateKey() },
        signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    };
    const extensions = [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        new x509.SubjectAlternativeNameExtension([{ type: "url", value: identity.subject }], true),
        new x509.Extension("1.3.6.1.4.1.57264.1.1", false, Buffer.from(identity.issuer)),
        new x509.Extension("1.3.6.1.4.1.57264.1.8", false, der(utf8String, Buffer.from(identity.issuer))),
    ];
    const unseen = await x509.X509CertificateGenerator.create({ ...fields, extensions });
    const seen = new x509.Extension(timestamps, false, der(octetString, timestampList(root, signedPart(unseen), now)));
    const certificate = await x509.X509CertificateGenerator.create({ ...fields, extensions: [...extensions, seen] });
    return Buffer.from(certificate.rawData);
}

const timestamps = "1.3.6.1.4.1.11129.2.4.2";
const [octetString, utf8String] = [0x04, 0x0c];

/**
 * A list of one signed certificate timestamp: the log's signature on what the certificate would be without the list.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-3.2
 */
function timestampList({ authority, certificates }: TrustRoot, precertificate: Buffer, time: number): Buffer {
    const [version, certificateTimestamp, noExtensions] = [0, 0, bytes(0, 2)];
    const precertificateEntry = bytes(1, 2);
    const entry = [precertificateEntry, authority.id, bytes(precertificate.length, 3), precertificate];
    const head = Buffer.of(version, certificateTimestamp);
    const signature = certificates.sign(Buffer.concat([head, bytes(time, 8), ...entry, noExtensions]));
    const [hash, algorithm] = [4, 3];
    const timestamp = Buffer.concat([
        ...[Buffer.of(version), certificates.id, bytes(time, 8), noExtensions],
        ...[Buffer.of(hash, algorithm), bytes(signature.length, 2), signature],
    ]);
    return Buffer.concat([bytes(timestamp.length + 2, 2), bytes(timestamp.length, 2), timestamp]);
}

/** A whole number in as many bytes, the most significant first. */
function bytes(value: number, length: number): Buffer {
    const all = Buffer.alloc(8);
    all.writeBigUInt64BE(BigInt(value));
    return all.subarray(8 - length);
}

/** The part of a certificate that its issuer signs: the first element of the sequence that it is. */
function signedPart(certificate: x509.X509Certificate): Buffer {
    const raw = Buffer.from(certificate.rawData);
    const part = raw.subarray(elementAt(raw).start);
    return part.subarray(0, elementAt(part).end);
}

/** Where the content of the first element of DER begins and ends. */
function elementAt(content: Buffer): { start: number; end: number } {
    const first = content.readUInt8(1);
    const extra = first < 0x80 ? 0 : first & 0x7f;
    const length = extra === 0 ? first : content.readUIntBE(2, extra);
    return { start: 2 + extra, end: 2 + extra + length };
}

function der(tag: number, content: Buffer): Buffer {
    const { length } = content;
    const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.of(tag, ...size), content]);
}
