import * as assert from "node:assert/strict";
import type { HttpResponse } from "../../../network/route";
import { IdentitySubscription, type TestIdentity, textOf } from "../../../testing/azure-identity";
import type { Json } from "../../../testing/azure-subscription";

const contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const dataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
const reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const base = "https://sttest.blob.core.windows.net";

describe("the blob storage stand-in", () => {
    const subscription = new IdentitySubscription();
    let writer: TestIdentity;
    let auditor: TestIdentity;
    let container: Json;

    before(async () => {
        writer = await subscription.makeIdentity("id-writer");
        auditor = await subscription.makeIdentity("id-auditor");
        const accountName = "sttest";
        const account = await subscription.make(
            "storage:StorageAccount",
            { accountName },
            { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" }, allowSharedKeyAccess: false },
        );
        await subscription.make(
            "storage:BlobServiceProperties",
            { accountName, blobServicesName: "default" },
            { isVersioningEnabled: true },
        );
        container = await subscription.make("storage:BlobContainer", { accountName, containerName: "backups" }, {});
        await subscription.make("storage:BlobContainer", { accountName, containerName: "logs" }, {});
        await subscription.assign(writer.principalId, contributor, container.id);
        await subscription.assign(auditor.principalId, reader, account.id);
    });

    interface Options {
        readonly headers?: Record<string, string>;
        readonly body?: string;
        readonly audience?: string;
    }
    const send = async (identity: TestIdentity, method: string, path: string, options: Options = {}) => {
        const token = await identity.token(options.audience ?? "https://storage.azure.com");
        const headers = { authorization: `Bearer ${token}`, "x-ms-version": "2024-11-04", ...options.headers };
        return subscription.send(method, `${base}${path}`, headers, options.body);
    };
    const put = (path: string, body: string, headers = {}) =>
        send(writer, "PUT", path, { body, headers: { "x-ms-blob-type": "BlockBlob", ...headers } });
    const refusal = (answer: HttpResponse) => {
        const code = /<Code>(\w+)<\/Code>/.exec(textOf(answer))?.[1];
        assert.equal(answer.headers?.["x-ms-error-code"], code);
        return [answer.status, code];
    };

    it("writes, reads, describes and lists for whoever has the role on the container", async () => {
        assert.equal((await put("/backups/2026/a%20b.tar", "the first", { "x-ms-meta-team": "one" })).status, 201);
        await put("/backups/2026/c.tar", "another");
        await put("/backups/readme", "text");
        const read = await send(writer, "GET", "/backups/2026/a%20b.tar");
        assert.deepEqual([read.status, textOf(read)], [200, "the first"]);
        assert.equal(read.headers?.["x-ms-meta-team"], "one");
        const part = await send(writer, "GET", "/backups/2026/a%20b.tar", { headers: { "x-ms-range": "bytes=4-8" } });
        assert.deepEqual([part.status, textOf(part)], [206, "first"]);
        const list = await send(writer, "GET", "/backups?restype=container&comp=list&prefix=2026/");
        assert.match(textOf(list), /<Name>2026\/a b.tar<\/Name>.*<Content-Length>9<.*<Name>2026\/c.tar<\/Name>/);
        const folders = await send(writer, "GET", "/backups?restype=container&comp=list&delimiter=/");
        assert.match(textOf(folders), /<Name>readme<.*<BlobPrefix><Name>2026\/<\/Name><\/BlobPrefix>/);
        assert.equal((await send(writer, "HEAD", "/backups?restype=container")).status, 200);
    });

    it("lists page by page", async () => {
        const first = textOf(await send(writer, "GET", "/backups?restype=container&comp=list&maxresults=1"));
        const marker = /<NextMarker>([^<]+)<\/NextMarker>/.exec(first)?.[1] ?? "";
        assert.equal(marker, "2026/a b.tar");
        const rest = await send(
            writer,
            "GET",
            `/backups?restype=container&comp=list&marker=${encodeURIComponent(marker)}`,
        );
        assert.doesNotMatch(textOf(rest), /a b\.tar<\/Name>/);
        assert.match(textOf(rest), /c\.tar.*<NextMarker><\/NextMarker>/);
    });

    it("makes a blob of blocks in the order of the list", async () => {
        const block = (id: string, body: string) =>
            send(writer, "PUT", `/backups/large?comp=block&blockid=${id}`, { body });
        await block("MQ==", "one ");
        await block("Mg==", "two");
        const list = (ids: string[]) =>
            send(writer, "PUT", "/backups/large?comp=blocklist", {
                body: `<?xml version="1.0"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join("")}</BlockList>`,
            });
        assert.deepEqual(refusal(await list(["Mw=="])), [400, "InvalidBlockList"]);
        assert.equal((await list(["MQ==", "Mg=="])).status, 201);
        assert.equal(textOf(await send(writer, "GET", "/backups/large")), "one two");
    });

    it("keeps what is overwritten or deleted as a version", async () => {
        const { headers } = await put("/backups/state", "before");
        await put("/backups/state", "after");
        assert.equal((await send(writer, "DELETE", "/backups/state")).status, 202);
        assert.deepEqual(refusal(await send(writer, "GET", "/backups/state")), [404, "BlobNotFound"]);
        const version = encodeURIComponent(headers?.["x-ms-version-id"] ?? "");
        assert.equal(textOf(await send(writer, "GET", `/backups/state?versionid=${version}`)), "before");
        const versions = await send(
            writer,
            "GET",
            "/backups?restype=container&comp=list&include=versions&prefix=state",
        );
        assert.equal([...textOf(versions).matchAll(/<VersionId>/g)].length, 2);
    });

    it("leaves a blob alone that must not exist yet", async () => {
        const again = await put("/backups/readme", "other", { "if-none-match": "*" });
        assert.deepEqual(refusal(again), [409, "BlobAlreadyExists"]);
    });

    it("refuses another container, and writes by a reader", async () => {
        const mismatch = [403, "AuthorizationPermissionMismatch"];
        assert.deepEqual(refusal(await put("/logs/x", "")), mismatch);
        assert.deepEqual(refusal(await send(writer, "GET", "/logs?restype=container&comp=list")), mismatch);
        assert.equal((await send(auditor, "GET", "/backups/readme")).status, 200);
        assert.deepEqual(refusal(await send(auditor, "DELETE", "/backups/readme")), mismatch);
        assert.deepEqual(refusal(await send(auditor, "GET", "/none?restype=container&comp=list")), [
            404,
            "ContainerNotFound",
        ]);
    });

    it("refuses account keys, signatures, tokens for another service, and versions that know no tokens", async () => {
        const keyed = { authorization: "SharedKey sttest:c2lnbmF0dXJl", "x-ms-version": "2024-11-04" };
        const none = [403, "KeyBasedAuthenticationNotPermitted"];
        assert.deepEqual(refusal(await subscription.send("GET", `${base}/backups/readme`, keyed)), none);
        assert.deepEqual(refusal(await subscription.send("GET", `${base}/backups/readme?sv=2024-11-04&sig=x`)), none);
        const anonymous = await subscription.send("GET", `${base}/backups/readme`);
        assert.deepEqual(refusal(anonymous), [401, "NoAuthenticationInformation"]);
        assert.match(anonymous.headers?.["www-authenticate"] ?? "", /resource_id=https:\/\/storage\.azure\.com/);
        const foreign = await send(writer, "GET", "/backups/readme", { audience: "https://vault.azure.net" });
        assert.deepEqual(refusal(foreign), [401, "InvalidAuthenticationInfo"]);
        const old = await send(writer, "GET", "/backups/readme", { headers: { "x-ms-version": "2016-05-31" } });
        assert.deepEqual(refusal(old), [403, "AuthenticationFailed"]);
    });

    it("loses its blobs with the container", async () => {
        const at = { accountName: "sttest", containerName: "backups" };
        await subscription.delete("storage:BlobContainer", at);
        await subscription.make("storage:BlobContainer", at, {});
        await subscription.assign(writer.principalId, contributor, container.id);
        assert.deepEqual(refusal(await send(writer, "GET", "/backups/readme")), [404, "BlobNotFound"]);
    });

    it("brings back a deleted version and a deleted container where the account keeps them, and not for the writer", async () => {
        const at = { accountName: "sttest", blobServicesName: "default" };
        const retention = { enabled: true, days: 7 };
        const settings = { deleteRetentionPolicy: retention, containerDeleteRetentionPolicy: retention };
        await subscription.make("storage:BlobServiceProperties", at, { isVersioningEnabled: true, ...settings });
        const owner = await subscription.makeIdentity("id-owner");
        const account = await subscription.get("storage:StorageAccount", { accountName: "sttest" });
        await subscription.assign(owner.principalId, dataOwner, account.body.id);
        const { headers } = await put("/backups/kept", "before");
        await put("/backups/kept", "after");
        const version = `/backups/kept?versionid=${encodeURIComponent(headers?.["x-ms-version-id"] ?? "")}`;
        const mismatch = [403, "AuthorizationPermissionMismatch"];
        assert.deepEqual(refusal(await send(writer, "DELETE", version)), mismatch);
        assert.equal((await send(owner, "DELETE", version)).headers?.["x-ms-delete-type-permanent"], "false");
        assert.deepEqual(refusal(await send(writer, "GET", version)), [404, "BlobNotFound"]);
        await send(owner, "PUT", "/backups/kept?comp=undelete");
        assert.equal(textOf(await send(writer, "GET", version)), "before");
        assert.equal((await send(writer, "DELETE", "/backups?restype=container")).status, 202);
        assert.deepEqual(refusal(await send(owner, "GET", version)), [404, "ContainerNotFound"]);
        assert.deepEqual(refusal(await send(writer, "GET", "/?comp=list&include=deleted")), mismatch);
        const list = textOf(await send(owner, "GET", "/?comp=list&include=deleted"));
        const [, deleted = ""] = /<Name>backups<.*<Version>(\w+)</.exec(list) ?? [];
        const restore = { headers: { "x-ms-deleted-container-version": deleted } };
        const restored = await send(owner, "PUT", "/backups?restype=container&comp=undelete", restore);
        assert.equal(restored.status, 201);
        assert.equal(textOf(await send(owner, "GET", version)), "before");
    });

    it("keeps a version and its container for as long as a policy says, unless an owner of the data takes it away", async () => {
        const accountName = "sttest";
        const at = { accountName, containerName: "immutable" };
        await subscription.make("storage:BlobContainer", at, { immutableStorageWithVersioning: { enabled: true } });
        await subscription.make(
            "storage:BlobContainerImmutabilityPolicy",
            { ...at, immutabilityPolicyName: "default" },
            { immutabilityPeriodSinceCreationInDays: 3 },
        );
        const owner = await subscription.makeIdentity("id-owner");
        const write = (body: string) =>
            send(owner, "PUT", "/immutable/one", { body, headers: { "x-ms-blob-type": "BlockBlob" } });
        const { headers } = await write("before");
        assert.equal((await write("after")).status, 201);
        const version = `/immutable/one?versionid=${encodeURIComponent(headers?.["x-ms-version-id"] ?? "")}`;
        assert.deepEqual(refusal(await send(owner, "DELETE", version)), [409, "BlobImmutableDueToPolicy"]);
        const container = await send(owner, "DELETE", "/immutable?restype=container");
        assert.deepEqual(refusal(container), [409, "ContainerProtectedFromDeletion"]);
        assert.equal((await subscription.delete("storage:BlobContainer", at)).code, "ContainerProtectedFromDeletion");
        assert.equal(
            (await subscription.delete("storage:StorageAccount", { accountName })).code,
            "StorageAccountContainersProtectedFromDeletion",
        );
        await subscription.make("storage:BlobContainer", at, {});
        assert.equal((await subscription.delete("storage:BlobContainer", at)).code, "ContainerProtectedFromDeletion");
        assert.equal((await send(owner, "DELETE", `${version}&comp=immutabilityPolicies`)).status, 200);
        assert.equal((await send(owner, "DELETE", version)).status, 202);
        const late = { ...at, containerName: "logs" };
        const migrated = await subscription.put("storage:BlobContainer", late, {
            immutableStorageWithVersioning: { enabled: true },
        });
        assert.equal(migrated.code, "ObjectLevelWormCannotBeEnabled");
    });

    it("gives a user delegation key to who may ask at the account, which a role on a container does not allow", async () => {
        const body = "<KeyInfo><Start>2026-01-01T00:00:00Z</Start><Expiry>2026-01-02T00:00:00Z</Expiry></KeyInfo>";
        const ask = (identity: TestIdentity) =>
            send(identity, "POST", "/?restype=service&comp=userdelegationkey", { body });
        const refused = await ask(writer);
        assert.deepEqual(refusal(refused), [403, "AuthorizationPermissionMismatch"]);
        const given = await ask(auditor);
        assert.equal(given.status, 200);
        assert.match(textOf(given), new RegExp(`<SignedOid>${auditor.principalId}</SignedOid>.*<Value>`));
    });
});
