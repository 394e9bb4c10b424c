import { createCipheriv, randomBytes } from "node:crypto";
import { createMessage, encrypt, readKey } from "openpgp";
import { stringify } from "yaml";

/** A Secret as sops encrypts it, to one PGP public key, without the program sops. */
export async function sopsFile(
    stringData: Readonly<Record<string, string>>,
    publicKey: string,
    part: "data" | "stringData" = "stringData",
): Promise<string> {
    const key = await readKey({ armoredKey: publicKey });
    const dataKey = randomBytes(32);
    const message = await createMessage({ binary: dataKey });
    const enc = (await encrypt({ message, encryptionKeys: key })) as string;
    const values = Object.entries(stringData).map(([name, value]) => [
        name,
        sealed(value, dataKey, `${part}:${name}:`),
    ]);
    return stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s" },
        [part]: Object.fromEntries(values) as Record<string, string>,
        sops: { pgp: [{ fp: key.getFingerprint().toUpperCase(), enc }] },
    });
}

function sealed(value: string, dataKey: Buffer, place: string): string {
    const iv = randomBytes(32);
    const cipher = createCipheriv("aes-256-gcm", dataKey, iv);
    cipher.setAAD(Buffer.from(place));
    const data = Buffer.concat([cipher.update(value), cipher.final()]);
    const [text, nonce, tag] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
    return `ENC[AES256_GCM,data:${text},iv:${nonce},tag:${tag},type:str]`;
}
