import { createHash, type KeyObject, randomBytes } from "node:crypto";

/** An SSH key pair in OpenSSH's own formats. */
export interface OpenSshKey {
    /** PEM with the header "OPENSSH PRIVATE KEY" (format openssh-key-v1), not encrypted. */
    readonly privateKey: string;
    /** Type and base64 without a comment, as in authorized_keys. */
    readonly publicKey: string;
    /** `SHA256:…` without padding. */
    readonly sha256: string;
    /** Hexadecimal with colons. */
    readonly md5: string;
}

interface Parts {
    readonly type: string;
    /** Fields of the public key after the type. */
    readonly shown: readonly Buffer[];
    /** Fields of the private key after the type. */
    readonly hidden: readonly Buffer[];
}

/** OpenSSH's name of the curves it has; P-224 is none of them. */
const curves: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** The pair of a private key; undefined for a key that OpenSSH has no format for (ECDSA on P-224). */
export function toOpenSsh(key: KeyObject): OpenSshKey | undefined {
    const parts = key.asymmetricKeyType === "ec" && curveOf(key) === undefined ? undefined : partsOf(key);
    if (!parts) {
        return undefined;
    }
    const publicBlob = Buffer.concat([field(parts.type), ...parts.shown]);
    const body = container(publicBlob, parts)
        .toString("base64")
        .replace(/.{1,70}/g, "$&\n");
    const fingerprint = (algorithm: string) => createHash(algorithm).update(publicBlob);
    return {
        privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}-----END OPENSSH PRIVATE KEY-----\n`,
        publicKey: `${parts.type} ${publicBlob.toString("base64")}`,
        sha256: `SHA256:${fingerprint("sha256").digest("base64").replace(/=+$/, "")}`,
        md5: fingerprint("md5")
            .digest("hex")
            .replace(/..(?!$)/g, "$&:"),
    };
}

function curveOf(key: KeyObject): string | undefined {
    // Node exports P-224 keys to no JSON Web Key, so the curve is read by its OpenSSL name.
    const names: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
    return names[key.asymmetricKeyDetails?.namedCurve ?? ""];
}

function partsOf(key: KeyObject): Parts {
    const jwk = key.export({ format: "jwk" });
    const bytes = (name: string): Buffer => Buffer.from(jwk[name] as string, "base64url");
    const integer = (name: string): Buffer => mpint(bytes(name));
    if (key.asymmetricKeyType === "ed25519") {
        const shown = field(bytes("x"));
        return { type: "ssh-ed25519", shown: [shown], hidden: [shown, field(Buffer.concat([bytes("d"), bytes("x")]))] };
    }
    if (key.asymmetricKeyType === "rsa") {
        const hidden = ["n", "e", "d", "qi", "p", "q"].map(integer);
        return { type: "ssh-rsa", shown: [integer("e"), integer("n")], hidden };
    }
    const curve = curves[jwk.crv!]!;
    const shown = [field(curve), field(Buffer.concat([Buffer.of(4), bytes("x"), bytes("y")]))];
    return { type: `ecdsa-sha2-${curve}`, shown, hidden: [...shown, integer("d")] };
}

/** Described in PROTOCOL.key of OpenSSH. */
function container(publicBlob: Buffer, { type, hidden }: Parts): Buffer {
    const check = randomBytes(4);
    const comment = field("");
    const secret = Buffer.concat([check, check, field(type), ...hidden, comment]);
    // Padded to the block size of "no cipher" with the bytes 1, 2, 3 and so on.
    const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
    const one = Buffer.from([0, 0, 0, 1]);
    return Buffer.concat([
        Buffer.from("openssh-key-v1\0"),
        field("none"),
        field("none"),
        field(""),
        one,
        field(publicBlob),
        field(Buffer.concat([secret, padding])),
    ]);
}

function field(value: string | Buffer): Buffer {
    const content = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
}

/** A positive integer: no leading zeros but the one that keeps the sign. */
function mpint(bytes: Buffer): Buffer {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = bytes.subarray(start < 0 ? bytes.length : start);
    return field(digits.length > 0 && digits[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}
