import { type CustomObject, defineKind, type Kind } from "../operator";
import { applyCertificate, issuerOf } from "./ingress-shim";

/** https://gateway-api.sigs.k8s.io/reference/spec/#gateway */
interface Gateway extends CustomObject {
    readonly spec: {
        readonly listeners?: readonly {
            readonly hostname?: string;
            readonly tls?: { readonly mode?: string; readonly certificateRefs?: readonly { readonly name: string }[] };
        }[];
    };
}

/**
 * A Certificate for each Secret that the listeners of a Gateway with an issuer's annotation name. cert-manager does
 * this only with `config.gatewayAPI.enabled` in its chart's values, which is not looked at here.
 *
 * @see https://cert-manager.io/docs/usage/gateway/
 */
export const gatewayShim: Kind = defineKind<Gateway>({
    ...{ group: "gateway.networking.k8s.io", version: "v1", plural: "gateways" },
    async reconcile(gateway, { api }) {
        const issuerRef = issuerOf(gateway);
        const hosts = new Map<string, string[]>();
        for (const { hostname, tls } of gateway.spec.listeners ?? []) {
            const references = tls?.mode === "Passthrough" ? [] : (tls?.certificateRefs ?? []);
            for (const { name } of references) {
                hosts.set(name, [...(hosts.get(name) ?? []), ...(hostname ? [hostname] : [])]);
            }
        }
        for (const [secretName, dnsNames] of issuerRef ? hosts : []) {
            if (dnsNames.length > 0) {
                await applyCertificate(api, gateway, { secretName, dnsNames, issuerRef: issuerRef! });
            }
        }
        return undefined;
    },
});
