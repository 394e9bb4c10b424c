import { createHash, generateKeyPair } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { utils } from "ssh2";
import { toOpenSsh } from "../plugins/tls/openssh";
import { readIfThere } from "../read-if-there";

export interface HostKey {
    readonly kind: "ED25519" | "ECDSA" | "RSA";
    /** PEM or OpenSSH private key. */
    readonly privateKey: string;
    /** Type and base64, as in known_hosts after the host. */
    readonly publicKey: string;
    /** Without the leading "SHA256:". */
    readonly fingerprint: string;
}

/** The kinds that github.com offers, in its order. */
const kinds = ["ED25519", "ECDSA", "RSA"] as const;

/** The host keys of the ssh server, made at the first call and kept in the folder (0700, keys 0600). */
export async function hostKeys(directory: string): Promise<readonly HostKey[]> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return Promise.all(kinds.map((kind) => hostKey(join(directory, `ssh_host_${kind.toLowerCase()}_key`), kind)));
}

async function hostKey(file: string, kind: HostKey["kind"]): Promise<HostKey> {
    const privateKey = (await readIfThere(file)) ?? (await make(file, kind));
    const parsed = utils.parseKey(privateKey);
    if (parsed instanceof Error) {
        throw new Error(`cannot read the host key ${file}: ${parsed.message}`);
    }
    const blob = parsed.getPublicSSH();
    const fingerprint = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
    return { kind, privateKey, publicKey: `${parsed.type} ${blob.toString("base64")}`, fingerprint };
}

async function make(file: string, kind: HostKey["kind"]): Promise<string> {
    const key = await generate(kind);
    await writeFile(file, key, { mode: 0o600 });
    await chmod(file, 0o600);
    return key;
}

async function generate(kind: HostKey["kind"]): Promise<string> {
    const keyPair = promisify(generateKeyPair);
    // ssh2 reads Ed25519 keys in OpenSSH's own format only, and of those it writes itself it cannot read one in about
    // 700.
    if (kind === "ED25519") {
        return toOpenSsh((await keyPair("ed25519")).privateKey)!.privateKey;
    }
    const { privateKey } =
        kind === "RSA" ? await keyPair("rsa", { modulusLength: 3072 }) : await keyPair("ec", { namedCurve: "P-256" });
    return privateKey.export({ type: kind === "RSA" ? "pkcs1" : "sec1", format: "pem" }).toString();
}
