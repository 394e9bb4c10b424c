import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import type { HttpResponse } from "../../../network/route";
import { IdentitySubscription, type TestIdentity, textOf } from "../../../testing/azure-identity";
import { type Json, subscription as azureSubscription } from "../../../testing/azure-subscription";

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

    describe("that goes by permissions for each repository", () => {
        const reader = "b93aa761-3e63-49ed-ac28-beffa264f7ac";
        const writer = "2a1e307c-b015-4ebd-883e-5b7698a07328";
        const named = "Microsoft.ContainerRegistry/registries/repositories:name";
        const actions = ["content/read", "content/write", "metadata/read", "metadata/write"]
            .map((each) => `!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/${each}'})`)
            .join(" AND ");
        const condition = `((${actions}) OR (@Request[${named}] StringStartsWith 'orders/'))`;
        let team: TestIdentity;
        let other: Json;

        const mode = (roleAssignmentMode: string) =>
            subscription.arm("PATCH", String(other.id), { properties: { roleAssignmentMode } }, "2025-11-01");
        const actionsFor = async (identity: TestIdentity, repository: string) => {
            const service = "crabac.azurecr.io";
            const exchanged = await exchange(identity, undefined, service);
            if (exchanged.status !== 200) {
                return exchanged.status;
            }
            const { refresh_token } = exchanged.body as { refresh_token: string };
            const scope = `repository:${repository}:pull,push`;
            const { status, body } = await subscription.send(
                "POST",
                `https://${service}/oauth2/token`,
                {},
                form({ grant_type: "refresh_token", service, scope, refresh_token }),
            );
            if (status !== 200) {
                return status;
            }
            const { access_token } = body as { access_token: string };
            return decodeJwt<{ access: { actions: string[] }[] }>(access_token).access[0]?.actions;
        };

        before(async () => {
            other = await makeRegistry("crabac");
            team = await subscription.makeIdentity("id-team");
            await subscription.make(
                "authorization:RoleAssignment",
                { scope: String(other.id), roleAssignmentName: crypto.randomUUID() },
                {
                    principalId: team.principalId,
                    principalType: "ServicePrincipal",
                    roleDefinitionId: `${azureSubscription}/providers/Microsoft.Authorization/roleDefinitions/${writer}`,
                    condition,
                    conditionVersion: "2.0",
                },
            );
            await subscription.assign(puller.principalId, reader, other.id);
            await subscription.assign(pusher.principalId, acrPush, other.id);
        });

        it("passes over the roles of the other mode", async () => {
            assert.deepEqual(await actionsFor(pusher, "orders/app"), ["pull", "push"]);
            assert.equal(await actionsFor(team, "orders/app"), 401);
            const changed = await mode("AbacRepositoryPermissions");
            assert.equal(changed.status, 200, JSON.stringify(changed.body));
            assert.equal(await actionsFor(pusher, "orders/app"), 401);
        });

        it("lets a team push below its name, and neither push nor pull elsewhere", async () => {
            assert.deepEqual(await actionsFor(team, "orders/charts/app"), ["pull", "push"]);
            for (const repository of ["orders2/app", "orders", "shop/app"]) {
                assert.equal(await actionsFor(team, repository), 401, repository);
            }
            assert.deepEqual(await actionsFor(puller, "shop/app"), ["pull"]);
        });

        it("stays so when a version of the interface writes it that has no such property", async () => {
            await makeRegistry("crabac");
            assert.equal(await actionsFor(pusher, "orders/app"), 401);
            const { status } = await mode("Both");
            assert.equal(status, 400);
            await mode("LegacyRegistryPermissions");
            assert.deepEqual(await actionsFor(pusher, "orders/app"), ["pull", "push"]);
        });
    });
});
