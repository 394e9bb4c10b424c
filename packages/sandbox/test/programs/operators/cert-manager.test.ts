import * as assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { OperatorCluster } from "../../../testing/operator-cluster";

const api = "/apis/cert-manager.io/v1";
const controller = "quay.io/jetstack/cert-manager-controller:v1.21.1";
const clusterIssuer = (name: string, spec: object) => ({
    ...{ apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name }, spec },
});
const acme = (ingressClassName: string) => ({
    acme: {
        server: "https://acme-v02.api.letsencrypt.org/directory",
        privateKeySecretRef: { name: `${ingressClassName}-account` },
        solvers: [{ http01: { ingress: { ingressClassName } } }],
    },
});
const certificate = (name: string, spec: object) => ({
    ...{ apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name, namespace: "apps" } },
    spec: { secretName: `${name}-tls`, ...spec },
});
const issuerRef = (name: string) => ({ name, kind: "ClusterIssuer" });

describe("cert-manager, in the sandbox", function () {
    this.timeout(60_000);
    let cluster: OperatorCluster;

    before(async () => {
        cluster = await OperatorCluster.start();
        await cluster.define({ "clusterissuers.cert-manager.io/v1": "ClusterIssuer" }, "Cluster");
        await cluster.define({
            "issuers.cert-manager.io/v1": "Issuer",
            "certificates.cert-manager.io/v1": "Certificate",
        });
        await cluster.namespace("apps");
    });

    after(() => cluster.stop());

    const status = async (name: string) =>
        (await cluster.api.get<{ status?: object }>(`${api}/clusterissuers/${name}`)).status;
    const ready = (path: string) => cluster.condition(`${api}/${path}`, "Ready", "True");
    const unready = (path: string) => cluster.condition(`${api}/${path}`, "Ready", "False");
    const tls = async (name: string) => (await cluster.secret("apps", name)) ?? {};

    it("gives nothing a status while it has no available pod", async () => {
        await cluster.apply(clusterIssuer("self", { selfSigned: {} }));
        await cluster.install("cert-manager", "cert-manager", controller, {}, undefined, 0);
        await sleep(1000);
        assert.equal(await status("self"), undefined);
    });

    it("makes a self-signed CA, and an issuer that signs with it", async () => {
        await cluster.install("cert-manager", "cert-manager", controller);
        await ready("clusterissuers/self");
        const root = certificate("root", {
            ...{ isCA: true, commonName: "root", issuerRef: issuerRef("self"), privateKey: { algorithm: "ECDSA" } },
            duration: "24h",
        });
        await cluster.apply({ ...root, metadata: { name: "root", namespace: "cert-manager" } });
        await cluster.apply(clusterIssuer("ca", { ca: { secretName: "root-tls" } }));
        await ready("clusterissuers/ca");
        const secret = (await cluster.secret("cert-manager", "root-tls")) ?? {};
        const found = new X509Certificate(secret["tls.crt"] ?? "");
        assert.ok(found.ca && found.verify(found.publicKey));
        assert.equal(Date.parse(found.validTo) - Date.parse(found.validFrom), 24 * 60 * 60 * 1000);
    });

    it("signs a certificate with that CA, for its names and with its own key", async () => {
        await cluster.apply(certificate("web", { dnsNames: ["web.apps.svc", "web"], issuerRef: issuerRef("ca") }));
        await ready("namespaces/apps/certificates/web");
        const secret = await tls("web-tls");
        const found = new X509Certificate(secret["tls.crt"] ?? "");
        const root = new X509Certificate(secret["ca.crt"] ?? "");
        assert.ok(found.checkIssued(root) && found.verify(root.publicKey) && !found.ca);
        assert.equal(found.subjectAltName, "DNS:web.apps.svc, DNS:web");
        assert.ok(found.checkPrivateKey(createPrivateKey(secret["tls.key"] ?? "")));
        assert.match(secret["tls.key"] ?? "", /^-----BEGIN RSA PRIVATE KEY-----/);
    });

    it("issues again when the names change, and not when nothing does", async () => {
        const before = (await tls("web-tls"))["tls.crt"];
        await cluster.apply(
            certificate("web", {
                dnsNames: ["web.apps.svc", "web"],
                issuerRef: issuerRef("ca"),
                revisionHistoryLimit: 2,
            }),
        );
        await sleep(1000);
        assert.equal((await tls("web-tls"))["tls.crt"], before);
        await cluster.apply(certificate("web", { dnsNames: ["other"], issuerRef: issuerRef("ca") }));
        await cluster.until("another certificate", async () => (await tls("web-tls"))["tls.crt"] !== before);
        assert.equal(new X509Certificate((await tls("web-tls"))["tls.crt"] ?? "").subjectAltName, "DNS:other");
    });

    it("says why an issuer is not ready: a CA without Secret, a solver without ingress class", async () => {
        await cluster.apply(clusterIssuer("nothing", { ca: { secretName: "nothing" } }));
        assert.deepEqual(
            await unready("clusterissuers/nothing").then(({ message }) => message),
            'Error getting keypair for CA issuer: secrets "nothing" not found',
        );
        await cluster.apply(clusterIssuer("letsencrypt", acme("traefik")));
        const { message } = await unready("clusterissuers/letsencrypt");
        assert.equal(message, 'ingressclasses.networking.k8s.io "traefik" not found');
    });

    it("keeps a certificate waiting for its issuer", async () => {
        await cluster.apply(
            {
                apiVersion: "networking.k8s.io/v1",
                kind: "Ingress",
                metadata: {
                    name: "web",
                    namespace: "apps",
                    annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
                },
                spec: {
                    defaultBackend: { service: { name: "web", port: { number: 80 } } },
                    tls: [{ hosts: ["web.example.org"], secretName: "public-tls" }],
                },
            },
            "ingresses",
        );
        const { message } = await unready("namespaces/apps/certificates/public-tls");
        assert.match(message, /referenced issuer does not have a Ready status condition/);
        assert.equal(await cluster.secret("apps", "public-tls"), undefined);
    });

    it("gives an Ingress its certificate once the solver's ingress class is there", async () => {
        const traefik = { metadata: { name: "traefik" }, spec: { controller: "traefik.io/ingress-controller" } };
        await cluster.api.create("/apis/networking.k8s.io/v1/ingressclasses", traefik);
        await ready("namespaces/apps/certificates/public-tls");
        const secret = await tls("public-tls");
        assert.equal(new X509Certificate(secret["tls.crt"] ?? "").subjectAltName, "DNS:web.example.org");
        assert.equal(secret["ca.crt"], undefined);
        assert.match((await cluster.secret("cert-manager", "traefik-account"))?.["tls.key"] ?? "", /PRIVATE KEY/);
    });

    it("goes on after the API server was away", async () => {
        const server = () => cluster.cluster.processes().find(({ name }) => name === "kube-apiserver")?.pid ?? 0;
        const before = server();
        process.kill(before, "SIGKILL");
        await cluster.until("another API server", () => Promise.resolve(server() !== 0 && server() !== before));
        await cluster.until("an answer", () => cluster.api.ready().catch(() => false));
        await cluster.apply(certificate("late", { dnsNames: ["late"], issuerRef: issuerRef("ca") }));
        await ready("namespaces/apps/certificates/late");
    });
});
