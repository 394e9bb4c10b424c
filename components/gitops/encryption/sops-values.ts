import { createDecipheriv } from "node:crypto";
import { decrypt, type PrivateKey, readMessage } from "openpgp";

/** An object as sops writes it. */
interface Encrypted {
    readonly sops?: { readonly pgp?: readonly { readonly enc?: string }[] };
    readonly data?: Readonly<Record<string, unknown>>;
    readonly stringData?: Readonly<Record<string, unknown>>;
}

/**
 * The values of an encrypted Secret by key, in plain text, as the cluster reads them: what is in `data` is decoded from
 * base64. Undefined if none of the PGP keys decrypts it. Nothing of it may be shown.
 */
export async function plainValues(
    object: object,
    keys: readonly PrivateKey[],
): Promise<ReadonlyMap<string, string> | undefined> {
    const { sops, data = {}, stringData = {} } = object as Encrypted;
    const dataKey = await firstDataKey(sops?.pgp ?? [], keys);
    if (!dataKey) {
        return undefined;
    }
    const decoded = (text: string) => Buffer.from(text, "base64").toString("utf8");
    return new Map([
        ...Object.entries(data).map(([key, value]) => [key, decoded(plain(value, dataKey, `data:${key}:`))] as const),
        ...Object.entries(stringData).map(
            ([key, value]) => [key, plain(value, dataKey, `stringData:${key}:`)] as const,
        ),
    ]);
}

/** The key that the values are encrypted with, which the file has once for each PGP key. */
async function firstDataKey(
    recipients: readonly { readonly enc?: string }[],
    decryptionKeys: readonly PrivateKey[],
): Promise<Uint8Array | undefined> {
    for (const { enc: armoredMessage } of recipients) {
        try {
            const message = await readMessage({ armoredMessage: armoredMessage ?? "" });
            const keys = [...decryptionKeys];
            const opened = (await decrypt({ message, decryptionKeys: keys, format: "binary" })) as { data: Uint8Array };
            return opened.data;
        } catch {
            // Encrypted to somebody else.
        }
    }
    return undefined;
}

/**
 * A value of sops's form, AES-256-GCM with the value's path as additional data (getsops/sops, aes/cipher.go); a value
 * that is not encrypted as it is.
 */
function plain(value: unknown, dataKey: Uint8Array, place: string): string {
    const parts = /^ENC\[AES256_GCM,data:(.*),iv:(.+),tag:(.+),type:\w+\]$/.exec(String(value));
    if (!parts) {
        return String(value);
    }
    const [data, iv, tag] = parts.slice(1).map((part) => Buffer.from(part, "base64")) as [Buffer, Buffer, Buffer];
    const decipher = createDecipheriv("aes-256-gcm", dataKey, iv);
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]).toString("utf8");
}
