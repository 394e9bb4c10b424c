import type { V1Ingress } from "@kubernetes/client-node";
import type { KubernetesApi } from "../../kubernetes/api";
import { applyChildren } from "../children";
import { type CustomObject, defineKind, type Kind } from "../operator";
import type { Certificate } from "./types";

const annotation = (name: string) => `cert-manager.io/${name}`;

/**
 * A Certificate for each Secret that an Ingress with an issuer's annotation names in `spec.tls`. Left out: the
 * annotations that set other fields of the Certificate, and the removal of a Certificate whose entry has gone.
 *
 * @see https://cert-manager.io/docs/usage/ingress/
 */
export const ingressShim: Kind = defineKind<CustomObject & { readonly spec?: V1Ingress["spec"] }>({
    ...{ group: "networking.k8s.io", version: "v1", plural: "ingresses", builtIn: true },
    async reconcile(ingress, { api }) {
        const issuerRef = issuerOf(ingress);
        // A list's items do not say what they are.
        const owner = { ...ingress, apiVersion: "networking.k8s.io/v1", kind: "Ingress" };
        for (const { secretName, hosts } of (issuerRef && ingress.spec?.tls) ?? []) {
            if (secretName && hosts && hosts.length > 0) {
                await applyCertificate(api, owner, { secretName, dnsNames: hosts, issuerRef: issuerRef! });
            }
        }
        return undefined;
    },
});

/** The issuer that an object's annotations name. */
export function issuerOf({ metadata }: CustomObject): Certificate["spec"]["issuerRef"] | undefined {
    const cluster = metadata.annotations?.[annotation("cluster-issuer")];
    if (cluster !== undefined) {
        return { name: cluster, kind: "ClusterIssuer", group: "cert-manager.io" };
    }
    const name = metadata.annotations?.[annotation("issuer")];
    return name === undefined ? undefined : { name, kind: "Issuer", group: "cert-manager.io" };
}

/** A Certificate of that owner, with the name of its Secret. */
export async function applyCertificate(
    api: KubernetesApi,
    owner: CustomObject,
    spec: Pick<Certificate["spec"], "secretName" | "dnsNames" | "issuerRef">,
): Promise<void> {
    await applyChildren(api, owner, {
        ...{ apiVersion: "cert-manager.io/v1", kind: "Certificate" },
        metadata: { name: spec.secretName, labels: owner.metadata.labels },
        spec: { ...spec, usages: ["digital signature", "key encipherment"] },
    });
}
