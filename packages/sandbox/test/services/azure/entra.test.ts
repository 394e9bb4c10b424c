import * as assert from "node:assert/strict";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { clusterInputs, grant, ground, roles } from "../../../testing/azure-cluster";
import { deployer, type Json, tenantId, TestSubscription } from "../../../testing/azure-subscription";

const subject = "system:serviceaccount:flux-system:kustomize-controller";
const exchange = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const vaultScope = "https://vault.azure.net/.default";

describe("the Entra stand-in", () => {
    const subscription = new TestSubscription();
    let issuer: string;
    let identity: Json;

    before(async () => {
        const base = await ground(subscription);
        await grant(subscription, base);
        const cluster = await subscription.make(
            "containerservice:ManagedCluster",
            { resourceName: "aks" },
            clusterInputs(base),
        );
        issuer = String((cluster.oidcIssuerProfile as Json).issuerURL);
        identity = base.kubelet;
        await subscription.make(
            "managedidentity:FederatedIdentityCredential",
            { resourceName: "id-kubelet", federatedIdentityCredentialResourceName: "flux" },
            { issuer, subject, audiences: ["api://AzureADTokenExchange"] },
        );
    });

    const logIn = async (claims: { iss?: string; sub?: string; aud?: string; expires?: string }) => {
        const assertion = await subscription.clusters.serviceAccountToken({ iss: issuer, sub: subject, ...claims });
        return federated(assertion);
    };
    const federated = (assertion: string) =>
        subscription.token({
            client_id: String(identity.clientId),
            scope: vaultScope,
            client_assertion: assertion,
            client_assertion_type: exchange,
        });
    const code = async (answer: Promise<{ body: Json }>) =>
        ((await answer).body.error_codes as number[] | undefined)?.[0];

    it("gives a service account with a federated credential a token of the identity", async () => {
        const { status, body } = await logIn({});
        assert.equal(status, 200);
        const claims = decodeJwt(String(body.access_token));
        assert.deepEqual(
            [claims.aud, claims.oid, claims.appid, claims.tid],
            ["https://vault.azure.net", identity.principalId, identity.clientId, tenantId],
        );
    });

    it("refuses another issuer, subject or audience, and says which", async () => {
        assert.equal(await code(logIn({ iss: "https://other.example/" })), 700211);
        assert.equal(await code(logIn({ sub: "system:serviceaccount:default:thief" })), 700213);
        assert.equal(await code(logIn({ aud: "https://kubernetes.default.svc" })), 700212);
    });

    it("refuses a service account token that has ended", async () => {
        assert.equal(await code(logIn({ expires: "-1m" })), 700024);
    });

    it("refuses a service account token that another key signed", async () => {
        const forged = await new TestSubscription().clusters.serviceAccountToken({ iss: issuer, sub: subject });
        assert.equal(await code(federated(forged)), 700027);
    });

    it("refuses an application that it does not know, a wrong secret and another tenant", async () => {
        const { clientId } = deployer;
        assert.equal(
            await code(subscription.token({ client_id: "nobody", client_secret: "x", scope: vaultScope })),
            700016,
        );
        assert.equal(
            await code(subscription.token({ client_id: clientId, client_secret: "x", scope: vaultScope })),
            7000215,
        );
        assert.equal(await code(subscription.token({ client_id: clientId, scope: vaultScope })), 7000216);
        const { body } = await subscription.send("POST", "https://login.microsoftonline.com/other/oauth2/v2.0/token");
        assert.equal((body as { error_codes: number[] }).error_codes[0], 90002);
    });

    it("refuses a resource that the tenant does not have", async () => {
        const { clientId, clientSecret } = deployer;
        const asked = subscription.token({
            client_id: clientId,
            client_secret: clientSecret,
            scope: "https://example.com/.default",
        });
        assert.equal(await code(asked), 500011);
    });

    it("publishes the issuer and the keys by which an API server checks its tokens", async () => {
        const url = `https://sts.windows.net/${tenantId}/.well-known/openid-configuration`;
        const { issuer: stsIssuer, jwks_uri } = (await subscription.send("GET", url)).body as {
            issuer: string;
            jwks_uri: string;
        };
        assert.equal(stsIssuer, `https://sts.windows.net/${tenantId}/`);
        const keys = (await subscription.send("GET", jwks_uri)).body as JSONWebKeySet;
        const token = await subscription.deployerToken("6dae42f8-4368-4678-94ff-3960e28e3630");
        const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: stsIssuer });
        assert.equal(payload.oid, deployer.objectId);
    });

    it("publishes the issuer of a cluster", async () => {
        const { body } = await subscription.send("GET", `${issuer}.well-known/openid-configuration`);
        const { jwks_uri, ...document } = body as Json;
        assert.equal(document.issuer, issuer);
        assert.equal((await subscription.send("GET", String(jwks_uri))).status, 200);
        assert.equal((await subscription.send("GET", `${issuer}x/.well-known/openid-configuration`)).status, 404);
    });

    describe("with a key vault", () => {
        let key: Json;

        before(async () => {
            const properties = {
                tenantId,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
                enablePurgeProtection: true,
            };
            await subscription.make("keyvault:Vault", { vaultName: "kv-sops" }, { location: "westeurope", properties });
            key = await subscription.make(
                "keyvault:Key",
                { vaultName: "kv-sops", keyName: "sops" },
                { properties: { kty: "RSA", keyOps: ["encrypt", "decrypt"] } },
            );
        });

        const call = async (verb: string, value: string, token: string) => {
            const body = JSON.stringify({ alg: "RSA-OAEP-256", value });
            const headers = token ? { authorization: `Bearer ${token}` } : undefined;
            return subscription.send("POST", `${String(key.keyUriWithVersion)}/${verb}?api-version=7.4`, headers, body);
        };
        const identityToken = async () => String((await logIn({})).body.access_token);

        it("sends who has no token to Entra", async () => {
            const { status, headers } = await call("encrypt", "", "");
            assert.equal(status, 401);
            assert.match(headers?.["www-authenticate"] ?? "", /resource="https:\/\/vault\.azure\.net"/);
        });

        it("encrypts and decrypts for who has the role on the key, and for nobody else", async () => {
            const token = await identityToken();
            const secret = Buffer.from("a data key").toString("base64url");
            assert.equal((await call("encrypt", secret, token)).status, 403);
            await subscription.assign(identity.principalId, roles.keyVaultCryptoUser, key.id);
            const encrypted = await call("encrypt", secret, token);
            const { value } = encrypted.body as { value: string };
            assert.notEqual(value, secret);
            assert.deepEqual((await call("decrypt", value, token)).body, { kid: key.keyUriWithVersion, value: secret });
        });

        it("refuses an operation that the key is not for", async () => {
            assert.equal((await call("wrapkey", "AAAA", await identityToken())).status, 403);
        });

        it("keeps a deleted key until it is recovered", async () => {
            await subscription.assign(deployer.objectId, roles.keyVaultCryptoOfficer, key.id);
            const headers = { authorization: `Bearer ${await subscription.deployerToken("https://vault.azure.net")}` };
            const uri = "https://kv-sops.vault.azure.net";
            assert.equal((await subscription.send("DELETE", `${uri}/keys/sops`, headers)).status, 200);
            const again = await subscription.put(
                "keyvault:Key",
                { vaultName: "kv-sops", keyName: "sops" },
                { properties: { kty: "RSA" } },
            );
            assert.equal(again.status, 409);
            assert.equal((await subscription.send("DELETE", `${uri}/deletedkeys/sops`, headers)).status, 403);
            assert.equal((await subscription.send("POST", `${uri}/deletedkeys/sops/recover`, headers)).status, 200);
            assert.equal(
                (await subscription.get("keyvault:Key", { vaultName: "kv-sops", keyName: "sops" })).body
                    .keyUriWithVersion,
                key.keyUriWithVersion,
            );
        });
    });
});
