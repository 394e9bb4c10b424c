import { createPrivateKey } from "node:crypto";
import { sign } from "../operators/cert-manager/signing";

/** A certificate of an authority that ended an hour ago, for a key as a Secret has it. */
export async function expiredAuthority(commonName: string, privateKeyPem: string): Promise<string> {
    const spec = { commonName, isCA: true, secretName: "", issuerRef: { name: "" }, duration: "24h" };
    const begun = new Date(Date.now() - 25 * 60 * 60 * 1000);
    return (await sign(spec, createPrivateKey(privateKeyPem), undefined, begun)).chainPem;
}
