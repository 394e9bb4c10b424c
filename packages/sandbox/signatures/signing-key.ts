import {
    createHash,
    createPrivateKey,
    createPublicKey,
    generateKeyPairSync,
    type KeyObject,
    sign,
    webcrypto,
} from "node:crypto";

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/** A P-256 key, as every service of Sigstore's has one. */
export class SigningKey {
    private constructor(private readonly key: KeyObject) {}

    static generate(): SigningKey {
        return new SigningKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    }

    static read(pem: string): SigningKey {
        return new SigningKey(createPrivateKey(pem));
    }

    get privatePem(): string {
        return this.key.export({ type: "pkcs8", format: "pem" }).toString();
    }

    get publicPem(): string {
        return createPublicKey(this.key).export({ type: "spki", format: "pem" }).toString();
    }

    get publicDer(): Buffer {
        return createPublicKey(this.key).export({ type: "spki", format: "der" });
    }

    /** What the logs are known by: the hash of the public key. */
    get id(): Buffer {
        return sha256(this.publicDer);
    }

    webPrivateKey(): Promise<webcrypto.CryptoKey> {
        const pkcs8 = this.key.export({ type: "pkcs8", format: "der" });
        return webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    }

    webPublicKey(): Promise<webcrypto.CryptoKey> {
        return webcrypto.subtle.importKey("spki", this.publicDer, algorithm, true, ["verify"]);
    }

    /** ECDSA over SHA-256, in DER. */
    sign(message: Buffer | string): Buffer {
        return sign("sha256", Buffer.from(message), this.key);
    }
}

export function sha256(content: Buffer | string): Buffer {
    return createHash("sha256").update(content).digest();
}
