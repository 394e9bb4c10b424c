/**
 * The `tls` provider for private keys: real keys, made with Node's own cryptography.
 *
 * Stands in for pulumi-resource-tls. Other resources of that package are refused by name.
 */
import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { version } from "@pulumi/tls/package.json";
import { type CheckFailure, type Properties, type Provider, type ResourceState, unknown } from "../provider";
import { toOpenSsh } from "./openssh";

const privateKeyType = "tls:index/privateKey:PrivateKey";
const algorithms = ["RSA", "ECDSA", "ED25519"];
/** OpenSSL's names. */
const curves: Readonly<Record<string, string>> = {
    P224: "secp224r1",
    P256: "prime256v1",
    P384: "secp384r1",
    P521: "secp521r1",
};
const inputNames = ["algorithm", "ecdsaCurve", "rsaBits"];
const secrets = ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"];

function expectPrivateKey(type: string): void {
    if (type === privateKeyType) {
        return;
    }
    throw new Error(`The sandbox has no stand-in for ${type}; of the package tls it knows ${privateKeyType} only.`);
}

function failuresOf(inputs: Properties): CheckFailure[] {
    const failures: CheckFailure[] = [];
    const wrong = (property: string, reason: string): number => failures.push({ property, reason });
    for (const name of Object.keys(inputs)) {
        if (!inputNames.includes(name)) {
            wrong(name, `is not an input of PrivateKey, which has ${inputNames.join(", ")}`);
        }
    }
    const { algorithm, ecdsaCurve, rsaBits } = inputs;
    const among = (values: readonly string[], value: unknown): boolean =>
        value === unknown || values.includes(value as string);
    if (algorithm === undefined) {
        wrong("algorithm", `is required: one of ${algorithms.join(", ")}`);
    } else if (!among(algorithms, algorithm)) {
        wrong("algorithm", `must be one of ${algorithms.join(", ")}`);
    }
    if (ecdsaCurve !== undefined && !among(Object.keys(curves), ecdsaCurve)) {
        wrong("ecdsaCurve", `must be one of ${Object.keys(curves).join(", ")}`);
    }
    if (rsaBits !== undefined && rsaBits !== unknown && !Number.isInteger(rsaBits)) {
        wrong("rsaBits", "must be a whole number");
    }
    return failures;
}

async function generate(inputs: Properties): Promise<KeyObject> {
    const pair = promisify(generateKeyPair);
    switch (inputs.algorithm) {
        case "RSA":
            return (await pair("rsa", { modulusLength: Number(inputs.rsaBits ?? 2048) })).privateKey;
        case "ECDSA":
            return (await pair("ec", { namedCurve: curves[(inputs.ecdsaCurve as string | undefined) ?? "P224"]! }))
                .privateKey;
        default:
            return (await pair("ed25519")).privateKey;
    }
}

/** All outputs of a key. What OpenSSH cannot write (P224) is empty, as in the real provider. */
function describe(key: KeyObject, inputs: Properties): ResourceState {
    const openSsh = toOpenSsh(key);
    const pem = (type: "pkcs1" | "sec1" | "pkcs8"): string => key.export({ type, format: "pem" }).toString();
    const traditional = { rsa: "pkcs1", ec: "sec1" } as const;
    const publicKey = createPublicKey(key);
    const outputs = {
        ecdsaCurve: "P224",
        rsaBits: 2048,
        ...inputs,
        privateKeyPem: pem(traditional[key.asymmetricKeyType as "rsa" | "ec"] ?? "pkcs8"),
        privateKeyPemPkcs8: pem("pkcs8"),
        privateKeyOpenssh: openSsh?.privateKey ?? "",
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
        publicKeyOpenssh: openSsh ? `${openSsh.publicKey}\n` : "",
        publicKeyFingerprintMd5: openSsh?.md5 ?? "",
        publicKeyFingerprintSha256: openSsh?.sha256 ?? "",
    };
    const id = createHash("sha1")
        .update(publicKey.export({ type: "spki", format: "der" }))
        .digest("hex");
    return { id, outputs, secrets };
}

/** A provider without configuration and without a world outside of it: a key lives in the stack's state only. */
export function createTlsProvider(): Provider {
    return {
        name: "tls",
        version,
        configure: () => Promise.resolve(),
        check: (type, _name, _olds, news) => {
            expectPrivateKey(type);
            return Promise.resolve({ inputs: news, failures: failuresOf(news) });
        },
        diff: (_type, _id, olds, news) => {
            const replaces = inputNames.filter((name) => olds[name] !== news[name]);
            return Promise.resolve({ updates: [], replaces });
        },
        create: async (type, _name, inputs) => {
            expectPrivateKey(type);
            return describe(await generate(inputs), inputs);
        },
        update: (type) => Promise.reject(new Error(`${type} cannot be updated: every change makes a new key.`)),
        delete: () => Promise.resolve(),
        read: (type, id, inputs, outputs) => {
            expectPrivateKey(type);
            if (!inputs) {
                throw new Error(`${type} ${id} cannot be imported: a key is nowhere but in the state.`);
            }
            return Promise.resolve({ id, inputs, outputs, secrets });
        },
        invoke: (token) => Promise.reject(new Error(`The sandbox has no stand-in for the function ${token}.`)),
    };
}
