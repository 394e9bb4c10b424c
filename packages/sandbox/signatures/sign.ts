import type { Signer } from "@landfall/facts";
import * as x509 from "@peculiar/x509";
import { logEntry } from "./log-entry";
import { signingCertificate } from "./signing-certificate";
import { SigningKey } from "./signing-key";
import type { TrustRoot } from "./trust-root";

/** The type of what `cosign sign` makes since version 3. */
export const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

const payloadType = "application/vnd.in-toto+json";

/**
 * Signs a manifest as `cosign sign` does in a workflow, without a key of its own: the bundle that it pushes beside the
 * manifest.
 *
 * @param digest `sha256:` and the digest of the manifest.
 * @see https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 */
export async function signManifest(root: TrustRoot, digest: string, identity: Signer): Promise<Buffer> {
    const key = SigningKey.generate();
    const certificate = await signingCertificate(root, key, identity);
    const statement = {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ digest: { sha256: digest.replace(/^sha256:/, "") } }],
        predicateType: "https://sigstore.dev/cosign/sign/v1",
        predicate: {},
    };
    const payload = Buffer.from(JSON.stringify(statement));
    // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    const signed = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
    const signature = key.sign(Buffer.concat([signed, payload]));
    const envelope = {
        payload: payload.toString("base64"),
        payloadType,
        signatures: [{ sig: signature.toString("base64") }],
    };
    const certificatePem = `${x509.PemConverter.encode(certificate, "CERTIFICATE")}\n`;
    const json = JSON.stringify(envelope);
    const bundle = {
        mediaType: bundleType,
        verificationMaterial: {
            certificate: { rawBytes: certificate.toString("base64") },
            tlogEntries: [logEntry(root.entries, { json, payload, signature, certificatePem })],
        },
        dsseEnvelope: envelope,
    };
    return Buffer.from(JSON.stringify(bundle));
}
