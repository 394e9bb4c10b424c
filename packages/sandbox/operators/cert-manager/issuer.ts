import { generateKeyPairSync } from "node:crypto";
import { defineKind, type Installed, type Kind } from "../operator";
import { type Condition, conditionsOf, setStatus } from "../status";
import { readSigner, type Signer } from "./signing";
import { clusterIssuers, type Issuer, issuers, type Secret, textOf } from "./types";

/**
 * Issuers that sign themselves, with a CA's Secret, or by ACME. For ACME it makes the account's key and says that the
 * account is registered; it asks no server. It does refuse a solver whose ingress class does not exist, which
 * cert-manager would find out when a challenge is not answered.
 *
 * Reasons and messages are those of cert-manager's pkg/issuer.
 */
export const issuerKinds: readonly Kind[] = [issuers, clusterIssuers].map((kind) =>
    defineKind<Issuer>({
        ...kind,
        async reconcile(issuer, installed) {
            const ready = await readiness(issuer, installed).catch(unready);
            const observedGeneration = issuer.metadata.generation;
            const conditions = conditionsOf(issuer, { ...ready, observedGeneration });
            await setStatus(installed.api, kind, issuer, {
                conditions,
                ...(issuer.spec.acme && ready.status === "True" && { acme: account(issuer) }),
            });
            return ready.status === "True" ? undefined : 2000;
        },
    }),
);

/** The namespace of the Secrets that an issuer names: a ClusterIssuer's are where cert-manager runs. */
function secretNamespace(issuer: Issuer, { namespace }: Installed): string {
    return issuer.metadata.namespace ?? namespace;
}

/**
 * The key pair of a CA issuer.
 *
 * @throws Error if its Secret is missing, or holds none.
 */
export async function signerOf(issuer: Issuer, secretName: string, installed: Installed): Promise<Signer> {
    const namespace = secretNamespace(issuer, installed);
    const secret = await installed.api.find<Secret>(`/api/v1/namespaces/${namespace}/secrets/${secretName}`);
    if (!secret) {
        throw new NotReady("ErrGetKeyPair", `Error getting keypair for CA issuer: secrets "${secretName}" not found`);
    }
    try {
        return readSigner(textOf(secret, "tls.crt") ?? "", textOf(secret, "tls.key") ?? "");
    } catch (error) {
        throw new NotReady("ErrInvalidKeyPair", `Invalid signing key pair: ${String(error)}`);
    }
}

class NotReady extends Error {
    constructor(
        readonly reason: string,
        message: string,
    ) {
        super(message);
    }
}

function unready(error: unknown): Condition {
    if (!(error instanceof NotReady)) {
        throw error;
    }
    return { type: "Ready", status: "False", reason: error.reason, message: error.message };
}

async function readiness(issuer: Issuer, installed: Installed): Promise<Condition> {
    const { selfSigned, ca, acme } = issuer.spec;
    const ready = (reason: string, message: string) => ({ type: "Ready", status: "True", reason, message }) as const;
    if (selfSigned) {
        return ready("IsReady", "");
    }
    if (ca) {
        await signerOf(issuer, ca.secretName, installed);
        return ready("KeyPairVerified", "Signing CA verified");
    }
    if (acme) {
        await checkSolvers(acme, installed);
        await makeAccountKey(issuer, acme.privateKeySecretRef, installed);
        return ready("ACMEAccountRegistered", "The ACME account was registered with the ACME server");
    }
    throw new NotReady("ErrorConfig", "the sandbox stands in for selfSigned, ca and acme issuers, and for no other");
}

type Acme = NonNullable<Issuer["spec"]["acme"]>;

/** Whether there is somebody who would answer a challenge, which cert-manager finds out by asking. */
async function checkSolvers({ solvers = [] }: Acme, { admin }: Installed): Promise<void> {
    for (const { http01 } of solvers) {
        const name = http01?.ingress?.ingressClassName ?? http01?.ingress?.class;
        if (name !== undefined && !(await admin.find(`/apis/networking.k8s.io/v1/ingressclasses/${name}`))) {
            throw new NotReady("ErrorConfig", `ingressclasses.networking.k8s.io "${name}" not found`);
        }
    }
}

async function makeAccountKey(
    issuer: Issuer,
    { name, key = "tls.key" }: Acme["privateKeySecretRef"],
    installed: Installed,
): Promise<void> {
    const namespace = secretNamespace(issuer, installed);
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    if (!(await installed.api.find(`${secrets}/${name}`))) {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const pem = privateKey.export({ format: "pem", type: "pkcs1" }).toString();
        await installed.api.create(secrets, { metadata: { name, namespace }, stringData: { [key]: pem } });
    }
}

function account({ spec, metadata }: Issuer): object {
    const { host } = new URL(spec.acme!.server);
    return { uri: `https://${host}/acme/acct/${metadata.uid}`, lastRegisteredEmail: spec.acme?.email ?? "" };
}
