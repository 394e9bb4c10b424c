import * as assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadOrCreateAuthority } from "../../network/authority";
import { type Proxy, startProxy } from "../../network/proxy";
import { IdentitySubscription, type TestIdentity, textOf } from "../../testing/azure-identity";
import { tenantId } from "../../testing/azure-subscription";
import { Postgresql, whyNoPostgresql } from "../support/postgresql";

const contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const base = "https://sttest.blob.core.windows.net";
const container = `${base}/postgresql`;
const [first, second] = ["postgresql-aa-17", "postgresql-bb-17"];

describe("PostgreSQL and Barman, on the blob storage stand-in", function () {
    // The programs are fetched at the first run.
    this.timeout(600_000);

    const subscription = new IdentitySubscription();
    let directory: string;
    let proxy: Proxy;
    const ends: (() => Promise<unknown>)[] = [];
    let writer: TestIdentity;
    let source: Postgresql;
    let restored: Postgresql;

    const blobs = async () => {
        const headers = {
            authorization: `Bearer ${await writer.token("https://storage.azure.com")}`,
            "x-ms-version": "2024-11-04",
        };
        const list = await subscription.send("GET", `${container}?restype=container&comp=list`, headers);
        return [...textOf(list).matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
    };
    const untilArchived = async (file: RegExp) => {
        for (const end = Date.now() + 60_000; !(await blobs()).some((name) => file.test(name)); await sleep(300)) {
            assert.ok(Date.now() < end, `no ${file} but ${(await blobs()).join(" ")}\n${await source.log()}`);
        }
    };

    /** A pod of a database, with an identity as the workload identity webhook gives it. */
    async function pod(name: string, identity: TestIdentity): Promise<Postgresql> {
        const token = join(directory, `${name}.token`);
        await writeFile(token, await identity.assertion());
        const environment = {
            AZURE_CLIENT_ID: identity.clientId,
            AZURE_TENANT_ID: tenantId,
            AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
            AZURE_FEDERATED_TOKEN_FILE: token,
            HTTPS_PROXY: proxy.url,
            REQUESTS_CA_BUNDLE: join(directory, "authority.pem"),
        };
        return Postgresql.at(join(directory, name), environment, container);
    }

    before("has its programs", async function () {
        const problem = await whyNoPostgresql();
        if (problem !== undefined) {
            console.log(`    left out: ${problem}`);
            this.skip();
        }
    });

    before("writes a row before a backup and one after it, loses the server, and recovers", async () => {
        directory = await mkdtemp(join(tmpdir(), "lf-pg-"));
        ends.push(() => rm(directory, { recursive: true }));
        const authority = await loadOrCreateAuthority(join(directory, "authority"));
        await writeFile(join(directory, "authority.pem"), authority.certificatePem);
        proxy = await startProxy({ authority, routes: subscription.azure.routes, report: () => undefined });
        ends.push(() => proxy.close());
        writer = await subscription.makeIdentity("postgresql");
        const accountName = "sttest";
        await subscription.make(
            "storage:StorageAccount",
            { accountName },
            { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" }, allowSharedKeyAccess: false },
        );
        const made = await subscription.make("storage:BlobContainer", { accountName, containerName: "postgresql" }, {});
        await subscription.assign(writer.principalId, contributor, made.id);

        source = await pod("before", writer);
        await source.initialise();
        await source.barman("check_wal_archive", first);
        await source.start(first);
        ends.push(() => source.stop().catch(() => undefined));
        await source.query("create table rows (text text)");
        await source.query("insert into rows values ('before the backup')");
        await source.barman("backup", first);
        await source.query("insert into rows values ('after the backup')");
        const wal = await source.query("select pg_walfile_name(pg_switch_wal())");
        await untilArchived(new RegExp(`${first}/wals/.*${wal}`));
        await source.query("insert into rows values ('never archived')");
        await source.stop();

        restored = await pod("after", writer);
        const { backups_list: list } = JSON.parse(await restored.barman("backup_list", "--format=json", first)) as {
            backups_list: { backup_id: string }[];
        };
        await restored.barman("check_wal_archive", second);
        await restored.barman("restore", first, list.at(-1)?.backup_id ?? "", restored.data);
        ends.push(() => restored.stop());
        await restored.start(second, await restored.recoverFrom(first));
        while ((await restored.query("select pg_is_in_recovery()")) === "True") {
            await sleep(200);
        }
    });

    after(async () => {
        for (const end of ends.reverse()) {
            await end();
        }
    });

    it("bring back the rows of the backup and those of the log after it, and lose what was not archived", async () => {
        assert.equal(
            await restored.query("select text from rows order by ctid"),
            "before the backup\nafter the backup",
        );
    });

    it("keep the system identifier, on a timeline of its own in a folder of its own", async () => {
        await restored.query("insert into rows values ('in the new cluster')");
        await restored.query("select pg_switch_wal()");
        await untilArchived(new RegExp(`${second}/wals/0000000200000000/`));
        assert.ok((await blobs()).some((name) => name.startsWith(`${second}/wals/00000002.history`)));
        assert.match(await restored.query("select system_identifier from pg_control_system()"), /^\d{19}$/);
    });

    it("describe a backup in the words that the program and the stand-in of the operator read", async () => {
        const info = (await blobs()).find((name) => name.endsWith("/backup.info")) ?? "";
        assert.match(info, new RegExp(`^${first}/base/\\d{8}T\\d{6}/backup.info$`));
        const headers = {
            authorization: `Bearer ${await writer.token("https://storage.azure.com")}`,
            "x-ms-version": "2024-11-04",
        };
        const text = textOf(await subscription.send("GET", `${container}/${info}`, headers));
        assert.match(text, /^status=DONE$/m);
        assert.match(text, /^(begin|end)_time=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/m);
        assert.match(text, /^begin_wal=[0-9A-F]{24}$/m);
        assert.match(text, /^systemid=\d{19}$/m);
        assert.match(text, /^timeline=1$/m);
        assert.match(text, /^version=17\d{4}$/m);
    });

    it("refuse an archive that is not empty", async () => {
        await assert.rejects(restored.barman("check_wal_archive", first), /Expected empty archive/);
    });

    it("refuse an identity that has no role on the container", async () => {
        const stranger = await pod("stranger", await subscription.makeIdentity("stranger"));
        await assert.rejects(
            stranger.barman("check_wal_archive", "postgresql-cc-17"),
            /AuthorizationPermissionMismatch|403/,
        );
        await assert.rejects(stranger.barman("backup_list", first), /AuthorizationPermissionMismatch|403/);
    });

    it("find no backup where there is none", async () => {
        const text = await restored.barman("backup_list", "--format=json", "postgresql-cc-17");
        assert.deepEqual((JSON.parse(text) as { backups_list: object[] }).backups_list, []);
        await assert.rejects(restored.barman("restore", "postgresql-cc-17", "20260101T000000", "/nowhere"));
    });
});
