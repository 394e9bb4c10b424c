import { generateKeyPairSync } from "node:crypto";

/** The key of a GitHub App, in the form in which GitHub hands it out, and its public half. */
export function newAppKey(): { readonly privateKey: string; readonly publicKey: string } {
    return generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
}
