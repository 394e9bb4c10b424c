import { generateKey, readSigner, sign, type Signer } from "./signing";

let made: Promise<Signer> | undefined;

/**
 * The stand-in of Let's Encrypt: a CA of this process that no client trusts. It asks for no challenge, so it does not
 * prove that a name resolves, that a record is written, or that a challenge is reachable.
 */
export function letsEncrypt(): Promise<Signer> {
    return (made ??= make());
}

async function make(): Promise<Signer> {
    const spec = {
        ...{ secretName: "", issuerRef: { name: "" }, isCA: true, duration: "87600h" },
        commonName: "(SANDBOX) Landfall stand-in of Let's Encrypt",
        privateKey: { algorithm: "ECDSA" },
    } as const;
    const key = await generateKey(spec);
    const { chainPem } = await sign(spec, key);
    return readSigner(chainPem, key.export({ format: "pem", type: "pkcs8" }).toString());
}
