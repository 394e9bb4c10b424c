import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import type { HttpHandler, Route } from "../../../network/route";
import { OperatorCluster } from "../../../testing/operator-cluster";

const clientId = "33333333-3333-4333-8333-333333333333";

/**
 * Entra, a vault, a DNS zone and a storage account, in a few lines; test/program/data-planes.test.ts has the real ones.
 */
class Cloud {
    readonly secrets: Record<string, string> = { database: "a password", json: JSON.stringify({ user: "app" }) };
    readonly records: string[] = [];
    knownSubject = "";

    readonly routes: Route[] = [
        { host: "login.microsoftonline.com", handle: (request) => this.login(request) },
        { host: "kv-test.vault.azure.net", handle: (request) => this.vault(request) },
        { host: "management.azure.com", handle: (request) => this.zone(request) },
        { host: "backups.blob.core.windows.net", handle: (request) => this.container(request) },
    ];

    private login: HttpHandler = ({ body }) => {
        const form = new URLSearchParams(body.toString());
        const { sub, aud } = decodeJwt(form.get("client_assertion") ?? "");
        const isKnown = sub === this.knownSubject && form.get("client_id") === clientId;
        const audience = [aud].flat().join();
        const refusal = { error_description: `AADSTS700213: no credential for ${sub} and ${audience}` };
        const answer = { access_token: form.get("scope") };
        return Promise.resolve({ status: isKnown ? 200 : 401, body: isKnown ? answer : refusal });
    };

    private vault: HttpHandler = ({ url, headers }) => {
        const value = this.secrets[url.pathname.split("/")[2] ?? ""];
        const isAllowed = headers.authorization === "Bearer https://vault.azure.net/.default";
        const status = isAllowed ? (value === undefined ? 404 : 200) : 401;
        return Promise.resolve({ status, body: status === 200 ? { value } : { error: { code: "SecretNotFound" } } });
    };

    private zone: HttpHandler = ({ method, url }) => {
        const [, zone, record] = /\/dnsZones\/([^/]+)\/TXT\/(.+)$/.exec(url.pathname) ?? [];
        this.records.push(`${method} ${record}`);
        const error = { error: { code: "AuthorizationFailed" } };
        return Promise.resolve(zone === "example.org" ? { status: 200, body: {} } : { status: 403, body: error });
    };

    private container: HttpHandler = ({ url, headers }) => {
        const isAllowed = headers.authorization === "Bearer https://storage.azure.com/.default";
        return Promise.resolve({ status: isAllowed && url.pathname === "/velero" ? 200 : 403, body: "<Error/>" });
    };
}

describe("operators that act in Azure, in the sandbox", function () {
    this.timeout(60_000);
    const cloud = new Cloud();
    let cluster: OperatorCluster;

    before(async () => {
        cluster = await OperatorCluster.start(cloud.routes);
        await cluster.define({ "clustersecretstores.external-secrets.io/v1": "ClusterSecretStore" }, "Cluster");
        await cluster.define({
            "issuers.cert-manager.io/v1": "Issuer",
            "certificates.cert-manager.io/v1": "Certificate",
            "externalsecrets.external-secrets.io/v1": "ExternalSecret",
            "backupstoragelocations.velero.io/v1": "BackupStorageLocation",
        });
        await cluster.namespace("apps");
    });

    after(() => cluster.stop());

    const account = (namespace: string) =>
        cluster.apply({
            ...{ apiVersion: "v1", kind: "ServiceAccount" },
            metadata: {
                name: namespace,
                namespace,
                annotations: { "azure.workload.identity/client-id": clientId },
            },
        });

    describe("External Secrets", () => {
        const store = "/apis/external-secrets.io/v1/clustersecretstores/key-vault";
        const external = (name: string, key: string, property?: string) => ({
            ...{ apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name, namespace: "apps" } },
            spec: {
                secretStoreRef: { kind: "ClusterSecretStore", name: "key-vault" },
                refreshInterval: "2s",
                data: [{ secretKey: "value", remoteRef: { key, property } }],
            },
        });
        const path = (name: string) => `/apis/external-secrets.io/v1/namespaces/apps/externalsecrets/${name}`;

        before(async () => {
            await cluster.install(
                "external-secrets",
                "external-secrets",
                "ghcr.io/external-secrets/external-secrets:v2",
                {
                    "app.kubernetes.io/name": "external-secrets",
                },
            );
            await account("external-secrets");
            await cluster.apply({
                ...{
                    apiVersion: "external-secrets.io/v1",
                    kind: "ClusterSecretStore",
                    metadata: { name: "key-vault" },
                },
                spec: {
                    provider: {
                        azurekv: {
                            vaultUrl: "https://kv-test.vault.azure.net/",
                            authType: "WorkloadIdentity",
                            serviceAccountRef: { name: "external-secrets", namespace: "external-secrets" },
                        },
                    },
                },
            });
        });

        it("says why a store is not ready: what Entra says of its identity", async () => {
            const { message } = await cluster.condition(store, "Ready", "False");
            assert.match(
                message,
                /AADSTS700213: no credential for system:serviceaccount:external-secrets:external-secrets/,
            );
            assert.match(message, /api:\/\/AzureADTokenExchange/);
        });

        it("makes no Secret while its store is not ready", async () => {
            await cluster.apply(external("database", "database"));
            const { message } = await cluster.condition(path("database"), "Ready", "False");
            assert.match(message, /could not get secret store: ClusterSecretStore "key-vault" is not ready/);
            assert.equal(await cluster.secret("apps", "database"), undefined);
        });

        it("makes the Secret of what the vault gives to that identity", async () => {
            cloud.knownSubject = "system:serviceaccount:external-secrets:external-secrets";
            await cluster.condition(store, "Ready", "True");
            await cluster.condition(path("database"), "Ready", "True");
            assert.equal((await cluster.secret("apps", "database"))?.value, "a password");
        });

        it("follows the vault at its interval, and makes a Secret again that was deleted", async () => {
            cloud.secrets.database = "another";
            const isThere = async () => (await cluster.secret("apps", "database"))?.value === "another";
            await cluster.until("the new value", isThere);
            await cluster.api.delete("/api/v1/namespaces/apps/secrets/database");
            await cluster.until("the Secret", isThere);
        });

        it("takes a property of a secret that is JSON", async () => {
            await cluster.apply(external("user", "json", "user"));
            await cluster.condition(path("user"), "Ready", "True");
            assert.equal((await cluster.secret("apps", "user"))?.value, "app");
        });

        it("is not ready for a secret that the vault does not have", async () => {
            await cluster.apply(external("missing", "missing"));
            const { message } = await cluster.condition(path("missing"), "Ready", "False");
            assert.match(message, /GET https:\/\/kv-test\.vault\.azure\.net\/secrets\/missing.*404.*SecretNotFound/);
        });
    });

    describe("cert-manager", () => {
        const certificate = (name: string, host: string) => ({
            ...{ apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name, namespace: "apps" } },
            spec: { secretName: `${name}-tls`, dnsNames: [host], issuerRef: { name: "letsencrypt" } },
        });
        const path = (name: string) => `/apis/cert-manager.io/v1/namespaces/apps/certificates/${name}`;

        before(async () => {
            const labels = { "azure.workload.identity/use": "true" };
            const image = "quay.io/jetstack/cert-manager-controller:v1.21.1";
            cloud.knownSubject = "system:serviceaccount:cert-manager:cert-manager";
            await cluster.namespace("cert-manager");
            await account("cert-manager");
            await cluster.install("cert-manager", "cert-manager", image, labels, "cert-manager");
            const zone = (hostedZoneName: string) => ({
                selector: { dnsZones: [hostedZoneName] },
                dns01: {
                    azureDNS: {
                        ...{ subscriptionID: "subscription", resourceGroupName: "group", hostedZoneName },
                        managedIdentity: { clientID: clientId },
                    },
                },
            });
            await cluster.apply({
                ...{
                    apiVersion: "cert-manager.io/v1",
                    kind: "Issuer",
                    metadata: { name: "letsencrypt", namespace: "apps" },
                },
                spec: {
                    acme: {
                        server: "https://acme-v02.api.letsencrypt.org/directory",
                        privateKeySecretRef: { name: "account" },
                        solvers: [zone("example.org"), zone("other.org")],
                    },
                },
            });
        });

        it("gets a wildcard once its identity wrote the challenge into the zone, and takes it out again", async () => {
            await cluster.apply(certificate("wildcard", "*.apps.example.org"));
            await cluster.condition(path("wildcard"), "Ready", "True");
            assert.deepEqual(cloud.records, ["PUT _acme-challenge.apps", "DELETE _acme-challenge.apps"]);
        });

        it("gets none while Azure refuses, or while no solver is for its zone", async () => {
            for (const [name, host, reason] of [
                ["refused", "www.other.org", /PUT https:.*403 .*AuthorizationFailed/],
                ["stranger", "www.example.com", /no configured challenge solvers can be used for www\.example\.com/],
            ] as const) {
                await cluster.apply(certificate(name, host));
                const { message } = await cluster.condition(path(name), "Ready", "False");
                assert.match(message, reason);
                assert.equal(await cluster.secret("apps", `${name}-tls`), undefined);
            }
        });
    });

    it("Velero has its location available once its pods have an identity that may list the container", async () => {
        const image = "docker.io/velero/velero:v1.18.1";
        cloud.knownSubject = "system:serviceaccount:velero:velero";
        await cluster.install("velero", "velero", image, {}, "velero");
        await account("velero");
        await cluster.apply({
            ...{ apiVersion: "velero.io/v1", kind: "BackupStorageLocation" },
            metadata: { name: "default", namespace: "velero" },
            spec: {
                provider: "azure",
                objectStorage: { bucket: "velero" },
                config: { useAAD: "true", storageAccount: "backups" },
            },
        });
        const path = "/apis/velero.io/v1/namespaces/velero/backupstoragelocations/default";
        const status = async () =>
            (await cluster.api.get<{ status?: { phase?: string; message?: string } }>(path)).status ?? {};
        await cluster.until("a message", async () =>
            /no label azure.workload.identity/.test((await status()).message ?? ""),
        );
        await cluster.install("velero", "velero", image, { "azure.workload.identity/use": "true" }, "velero");
        await cluster.until("Available", async () => (await status()).phase === "Available");
        assert.equal((await status()).message, undefined);
    });
});
