import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { millisecondsOf } from "../durations";
import { defineKind, type Installed, type Kind } from "../operator";
import { type Condition, conditionsOf, setStatus, timeOf } from "../status";
import { meetChallenge } from "./challenge";
import { signerOf } from "./issuer";
import { letsEncrypt } from "./lets-encrypt";
import { generateKey, keyPem, sign, type Signed } from "./signing";
import { type Certificate, certificates, clusterIssuers, type Issuer, issuers, type Secret, textOf } from "./types";

/**
 * Certificates that are really signed, into the Secret that they name: by themselves, by the CA of their issuer, or,
 * for ACME, by a stand-in of Let's Encrypt that nothing trusts, once the challenges of challenge.ts are met. Issued
 * again when the Secret or its key pair is gone or of another issuer or for other names, and when two thirds of its
 * life have passed.
 *
 * Left out: CertificateRequests, Orders and Challenges, keystores, literal subjects, usages but the common ones.
 */
export const certificateKind: Kind = defineKind<Certificate>({
    ...certificates,
    async reconcile(certificate, installed) {
        const secret = await installed.api.find<Secret>(secretPath(certificate));
        const found = current(certificate, secret);
        if (found) {
            await report(certificate, installed, upToDate, found);
            return undefined;
        }
        const issuer = await readyIssuer(certificate, installed);
        if (!issuer) {
            const message = "referenced issuer does not have a Ready status condition";
            await report(certificate, installed, { ...notIssued, message });
            return 1000;
        }
        const fault = await issue(certificate, issuer, installed, secret).catch((error: Error) => error.message);
        if (fault !== undefined) {
            await report(certificate, installed, { ...notIssued, message: fault });
            return 2000;
        }
        return 0;
    },
});

const upToDate: Condition = {
    ...{ type: "Ready", status: "True", reason: "Ready" },
    message: "Certificate is up to date and has not expired",
};
const notIssued = { type: "Ready", status: "False", reason: "DoesNotExist" } as const;

interface Found {
    readonly notBefore: Date;
    readonly notAfter: Date;
}

async function report(certificate: Certificate, { api }: Installed, ready: Condition, found?: Found): Promise<void> {
    const observedGeneration = certificate.metadata.generation;
    await setStatus(api, certificates, certificate, {
        conditions: conditionsOf(certificate, { ...ready, observedGeneration }),
        ...(found && {
            notBefore: timeOf(found.notBefore),
            notAfter: timeOf(found.notAfter),
            renewalTime: timeOf(renewalOf(certificate, found)),
            revision: certificate.status?.revision ?? 1,
        }),
    });
}

function secretPath({ metadata, spec }: Certificate): string {
    return `/api/v1/namespaces/${metadata.namespace}/secrets/${spec.secretName}`;
}

/** What the Secret says about whom it is for; cert-manager compares with the same annotations. */
function annotationsOf({ metadata, spec }: Certificate): Record<string, string> {
    const { issuerRef } = spec;
    const annotations = {
        "alt-names": (spec.dnsNames ?? []).join(","),
        "certificate-name": metadata.name,
        "common-name": spec.commonName ?? "",
        "ip-sans": (spec.ipAddresses ?? []).join(","),
        "issuer-group": issuerRef.group ?? "",
        "issuer-kind": issuerRef.kind ?? "Issuer",
        "issuer-name": issuerRef.name,
        "uri-sans": (spec.uris ?? []).join(","),
    };
    return Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`cert-manager.io/${name}`, value]));
}

/** The certificate in the Secret, if it is what the Certificate asks for and need not be renewed. */
function current(certificate: Certificate, secret: Secret | undefined): Found | undefined {
    const annotations = secret?.metadata?.annotations ?? {};
    if (Object.entries(annotationsOf(certificate)).some(([name, value]) => annotations[name] !== value)) {
        return undefined;
    }
    try {
        const found = new X509Certificate(textOf(secret, "tls.crt") ?? "");
        const key = createPrivateKey(textOf(secret, "tls.key") ?? "");
        const own = createPublicKey(key).export({ format: "der", type: "spki" });
        const dates = { notBefore: new Date(found.validFrom), notAfter: new Date(found.validTo) };
        const isOwn = found.publicKey.export({ format: "der", type: "spki" }).equals(own);
        const isCa = certificate.spec.isCA === true;
        return isOwn && found.ca === isCa && renewalOf(certificate, dates) > new Date() ? dates : undefined;
    } catch {
        // Not a key pair: cert-manager issues another one then.
        return undefined;
    }
}

function renewalOf({ spec }: Certificate, { notBefore, notAfter }: Found): Date {
    const life = notAfter.getTime() - notBefore.getTime();
    return new Date(notAfter.getTime() - millisecondsOf(spec.renewBefore, life / 3));
}

async function readyIssuer({ metadata, spec }: Certificate, { api }: Installed): Promise<Issuer | undefined> {
    const { kind = "Issuer", name } = spec.issuerRef;
    const base = "/apis/cert-manager.io/v1";
    const path =
        kind === "ClusterIssuer"
            ? `${base}/${clusterIssuers.plural}/${name}`
            : `${base}/namespaces/${metadata.namespace}/${issuers.plural}/${name}`;
    const issuer = await api.find<Issuer>(path);
    return issuer?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
        ? issuer
        : undefined;
}

async function issue(
    certificate: Certificate,
    issuer: Issuer,
    installed: Installed,
    before: Secret | undefined,
): Promise<undefined> {
    const { spec } = certificate;
    const kept = spec.privateKey?.rotationPolicy === "Never" ? textOf(before, "tls.key") : undefined;
    const key = kept ? createPrivateKey(kept) : await generateKey(spec);
    const { ca, acme } = issuer.spec;
    for (const host of acme ? (spec.dnsNames ?? []) : []) {
        await meetChallenge(host, acme?.solvers ?? [], installed);
    }
    const signer = ca ? await signerOf(issuer, ca.secretName, installed) : acme ? await letsEncrypt() : undefined;
    const signed = await sign(spec, key, signer);
    // An ACME server gives no root.
    const root = acme ? undefined : (signer?.certificate.toString("pem") ?? signed.chainPem);
    await writeSecret(certificate, installed, signed, {
        "tls.key": keyPem(key, spec),
        ...(root && { "ca.crt": root }),
    });
}

/** The Secret has no owner: it outlives its Certificate, as cert-manager has it by default. */
async function writeSecret(
    certificate: Certificate,
    { api }: Installed,
    signed: Signed,
    values: Record<string, string>,
): Promise<void> {
    const { spec, metadata } = certificate;
    const data = { ...values, "tls.crt": signed.chainPem };
    await api.apply(secretPath(certificate), {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name: spec.secretName,
            namespace: metadata.namespace,
            labels: { ...spec.secretTemplate?.labels, "controller.cert-manager.io/fao": "true" },
            annotations: { ...spec.secretTemplate?.annotations, ...annotationsOf(certificate) },
        },
        type: "kubernetes.io/tls",
        data: Object.fromEntries(
            Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString("base64")]),
        ),
    });
}
