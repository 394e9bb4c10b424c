import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import type { HttpResponse } from "../../../network/route";
import { IdentitySubscription, type TestIdentity, textOf } from "../../../testing/azure-identity";
import type { Json } from "../../../testing/azure-subscription";

const host = "crtest.azurecr.io";
const acrPull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const acrPush = "8311e382-0749-4cb8-b61a-304f252e45ec";
const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

describe("the container registry stand-in", () => {
    const subscription = new IdentitySubscription();
    let puller: TestIdentity;
    let pusher: TestIdentity;
    let stranger: TestIdentity;
    let registry: Json;

    before(async () => {
        puller = await subscription.makeIdentity("id-puller");
        pusher = await subscription.makeIdentity("id-pusher");
        stranger = await subscription.makeIdentity("id-stranger");
        registry = await makeRegistry("crtest");
        await subscription.assign(puller.principalId, acrPull, registry.id);
        await subscription.assign(pusher.principalId, acrPush, registry.id);
        const other = await makeRegistry("crother");
        await subscription.assign(stranger.principalId, acrPush, other.id);
    });

    const makeRegistry = (registryName: string, more: object = {}) =>
        subscription.make(
            "containerregistry:Registry",
            { registryName },
            { location: "westeurope", sku: { name: "Basic" }, ...more },
        );
    const code = ({ body }: HttpResponse) => (body as { errors?: { code: string }[] }).errors?.[0]?.code;
    const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
    const exchange = async (identity: TestIdentity, audience = "https://containerregistry.azure.net", service = host) =>
        subscription.send(
            "POST",
            `https://${service}/oauth2/exchange`,
            {},
            form({ grant_type: "access_token", service, access_token: await identity.token(audience) }),
        );
    const refreshToken = async (identity: TestIdentity) => (await exchange(identity)).body as { refresh_token: string };
    const tokenFor = async (identity: TestIdentity, scope: string) =>
        subscription.send(
            "POST",
            `https://${host}/oauth2/token`,
            {},
            form({ grant_type: "refresh_token", service: host, scope, ...(await refreshToken(identity)) }),
        );
    const call = async (identity: TestIdentity, scope: string, method: string, path: string, body = "", type = "") => {
        const { access_token } = (await tokenFor(identity, scope)).body as { access_token: string };
        const headers = { authorization: `Bearer ${access_token}`, "content-type": type };
        return subscription.send(method, path.startsWith("http") ? path : `https://${host}${path}`, headers, body);
    };
    const pushScope = "repository:apps/web:pull,push";
    const pullScope = "repository:apps/web:pull";

    it("sends whoever has no token to its own token service, with the scope that is needed", async () => {
        const { status, headers } = await subscription.send("GET", `https://${host}/v2/`);
        assert.equal(status, 401);
        const realm = `Bearer realm="https://${host}/oauth2/token",service="${host}"`;
        assert.equal(headers?.["www-authenticate"], realm);
        const manifest = await subscription.send("GET", `https://${host}/v2/apps/web/manifests/1`);
        assert.equal(manifest.headers?.["www-authenticate"], `${realm},scope="${pullScope}"`);
    });

    it("exchanges a token of an identity with a role on this registry, and of no other", async () => {
        const { refresh_token } = await refreshToken(puller);
        const { aud, exp, permissions } = decodeJwt(refresh_token);
        assert.deepEqual([aud, permissions], [host, { actions: ["pull"] }]);
        assert.ok(exp);
        const refused = await exchange(stranger);
        assert.equal(refused.status, 401);
        assert.match(JSON.stringify(refused.body), /UNAUTHORIZED.*visit https:\/\/aka\.ms\/acr\/authorization/);
    });

    it("accepts tokens for Resource Manager unless the policy forbids them, and never those for another service", async () => {
        assert.equal((await exchange(puller, "https://management.azure.com")).status, 200);
        assert.equal((await exchange(puller, "https://vault.azure.net")).status, 401);
        const strict = await makeRegistry("crstrict", {
            policies: { azureADAuthenticationAsArmPolicy: { status: "disabled" } },
        });
        await subscription.assign(puller.principalId, acrPull, strict.id);
        const service = "crstrict.azurecr.io";
        assert.equal((await exchange(puller, "https://management.azure.com", service)).status, 401);
        assert.equal((await exchange(puller, undefined, service)).status, 200);
    });

    it("limits a token to what the role allows", async () => {
        const { body } = await tokenFor(puller, pushScope);
        const { access } = decodeJwt((body as { access_token: string }).access_token);
        assert.deepEqual(access, [{ type: "repository", name: "apps/web", actions: ["pull"] }]);
        assert.equal((await tokenFor(puller, "repository:apps/web:push")).status, 401);
        assert.equal((await call(puller, pushScope, "POST", "/v2/apps/web/blobs/uploads/")).status, 401);
    });

    it("takes a push in the order of the specification, and gives it to whoever may pull", async () => {
        const layer = "a layer";
        const started = await call(pusher, pushScope, "POST", "/v2/apps/web/blobs/uploads/");
        assert.equal(started.status, 202);
        const location = started.headers?.location ?? "";
        await call(pusher, pushScope, "PATCH", location, "a ");
        const wrong = await call(pusher, pushScope, "PUT", `${location}?digest=${digestOf("other")}`, "layer");
        assert.deepEqual([wrong.status, code(wrong)], [400, "DIGEST_INVALID"]);
        const done = await call(pusher, pushScope, "PUT", `${location}?digest=${digestOf(layer)}`, "");
        assert.equal(done.status, 201);
        const type = "application/vnd.oci.image.manifest.v1+json";
        const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, layers: [{ digest: digestOf(layer) }] });
        const put = await call(pusher, pushScope, "PUT", "/v2/apps/web/manifests/1.0", manifest, type);
        assert.equal(put.status, 201);
        const pulled = await call(puller, pullScope, "GET", "/v2/apps/web/manifests/1.0");
        assert.equal(textOf(pulled), manifest);
        assert.equal(pulled.headers?.["content-type"], type);
        assert.equal(pulled.headers?.["docker-content-digest"], digestOf(manifest));
        const blob = await call(puller, pullScope, "GET", `/v2/apps/web/blobs/${digestOf(layer)}`);
        assert.equal(textOf(blob), layer);
        const tags = await call(puller, pullScope, "GET", "/v2/apps/web/tags/list");
        assert.deepEqual(tags.body, { name: "apps/web", tags: ["1.0"] });
    });

    it("refuses a manifest whose blobs were not pushed, and keeps no tag of it", async () => {
        const manifest = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf("nowhere") } });
        const refused = await call(pusher, pushScope, "PUT", "/v2/apps/web/manifests/2.0", manifest);
        assert.deepEqual([refused.status, code(refused)], [400, "MANIFEST_BLOB_UNKNOWN"]);
        const missing = await call(puller, pullScope, "HEAD", "/v2/apps/web/manifests/2.0");
        assert.deepEqual([missing.status, code(missing)], [404, "MANIFEST_UNKNOWN"]);
    });

    it("keeps a token to its repository and its registry", async () => {
        assert.equal((await call(puller, pullScope, "GET", "/v2/apps/other/tags/list")).status, 401);
        const elsewhere = await call(puller, pullScope, "GET", "https://crother.azurecr.io/v2/");
        assert.equal(elsewhere.status, 401);
    });

    it("gives no further tokens once the role is taken away", async () => {
        const refresh = await refreshToken(puller);
        const { body } = await subscription.arm(
            "GET",
            `${String(registry.id)}/providers/Microsoft.Authorization/roleAssignments`,
            undefined,
            "2022-04-01",
        );
        const assignment = (body.value as { id: string; properties: { principalId: string } }[]).find(
            ({ properties }) => properties.principalId === puller.principalId,
        );
        await subscription.arm("DELETE", assignment?.id ?? "", undefined, "2022-04-01");
        const login = Buffer.from(`00000000-0000-0000-0000-000000000000:${refresh.refresh_token}`).toString("base64");
        const url = `https://${host}/oauth2/token?service=${host}&scope=${pullScope}`;
        const refused = await subscription.send("GET", url, { authorization: `Basic ${login}` });
        assert.deepEqual([refused.status, code(refused)], [401, "UNAUTHORIZED"]);
    });
});
