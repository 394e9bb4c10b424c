import { canonicalJson } from "./canonical-json";
import { sha256, type SigningKey } from "./signing-key";

/** An entry of Rekor as a bundle has it. */
export interface LogEntry {
    readonly logIndex: string;
    readonly logId: { readonly keyId: string };
    readonly kindVersion: { readonly kind: string; readonly version: string };
    readonly integratedTime: string;
    readonly inclusionPromise: { readonly signedEntryTimestamp: string };
    readonly inclusionProof: object;
    readonly canonicalizedBody: string;
}

/** What was signed: an envelope of one signature, and the certificate of its key. */
export interface SignedEnvelope {
    readonly json: string;
    readonly payload: Buffer;
    readonly signature: Buffer;
    readonly certificatePem: string;
}

/**
 * Logs a signature as Rekor does, in a log that has no other entry: the promise that it is in there, which says when,
 * and the proof. Each signature has a log of its own, so that nothing has to be kept.
 *
 * @see https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/README.md
 */
export function logEntry(log: SigningKey, { json, payload, signature, certificatePem }: SignedEnvelope): LogEntry {
    const hash = (content: string | Buffer) => ({ algorithm: "sha256", value: sha256(content).toString("hex") });
    const verifier = Buffer.from(certificatePem).toString("base64");
    const spec = {
        envelopeHash: hash(json),
        payloadHash: hash(payload),
        signatures: [{ signature: signature.toString("base64"), verifier }],
    };
    const body = Buffer.from(canonicalJson({ apiVersion: "0.0.1", kind: "dsse", spec }));
    const integratedTime = Math.floor(Date.now() / 1000);
    const canonicalizedBody = body.toString("base64");
    const promised = { body: canonicalizedBody, integratedTime, logID: log.id.toString("hex"), logIndex: 0 };
    return {
        logIndex: "0",
        logId: { keyId: log.id.toString("base64") },
        kindVersion: { kind: "dsse", version: "0.0.1" },
        integratedTime: String(integratedTime),
        inclusionPromise: { signedEntryTimestamp: log.sign(canonicalJson(promised)).toString("base64") },
        inclusionProof: proofOfOnlyEntry(log, body),
        canonicalizedBody,
    };
}

/** In a tree of one leaf, the leaf's hash is the root's: https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
function proofOfOnlyEntry(log: SigningKey, body: Buffer): object {
    const rootHash = sha256(Buffer.concat([Buffer.of(0), body])).toString("base64");
    return { logIndex: "0", rootHash, treeSize: "1", hashes: [], checkpoint: { envelope: checkpoint(log, rootHash) } };
}

/** A note that the log signs: https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md */
function checkpoint(log: SigningKey, rootHash: string): string {
    const host = "rekor.sigstore.dev";
    const note = `${host} - 1\n1\n${rootHash}\n`;
    const signature = Buffer.concat([log.id.subarray(0, 4), log.sign(note)]).toString("base64");
    return `${note}\n— ${host} ${signature}\n`;
}
