import * as assert from "node:assert/strict";
import {
    archiveOf,
    type Backup,
    generationOf,
    postgresqlBackups,
    recoveryPoint,
    veleroBackups,
} from "../../../components/azure/recovery-points";
import { BlobApi } from "../../support/blob-api";

const access = { account: "acmebackups", container: "postgresql", token: "t" };

describe("the recovery points", () => {
    const api = new BlobApi();

    before(() => api.start());
    after(() => api.stop());
    beforeEach(() => Object.keys(api.blobs).forEach((name) => delete api.blobs[name]));

    const found = async () => (await postgresqlBackups(access)).map(({ folder, name }) => `${folder} ${name}`);

    it("are the completed base backups of every generation and major, the newest first", async () => {
        api.addBackup("postgresql-aa-17", "2026-11-01T01:30:00Z");
        api.addBackup("postgresql-bb-17", "2026-11-03T01:30:00Z");
        api.addBackup("postgresql-aa-18", "2026-11-02T01:30:00Z");
        assert.deepEqual(await found(), [
            "postgresql-bb-17 20261103T013000",
            "postgresql-aa-18 20261102T013000",
            "postgresql-aa-17 20261101T013000",
        ]);
        const [newest] = await postgresqlBackups(access);
        assert.equal(newest?.generation, "bb");
        assert.equal(newest?.begun.toISOString(), "2026-11-03T01:29:00.000Z");
        assert.equal(newest?.completed.toISOString(), "2026-11-03T01:30:00.000Z");
    });

    it("are asked for with the caller's token, page by page", async () => {
        api.pageSize = 1;
        api.addBackup("postgresql-aa-17", "2026-11-01T01:30:00Z");
        api.addBackup("postgresql-bb-17", "2026-11-03T01:30:00Z");
        assert.equal((await found()).length, 2);
        const [request] = api.requests;
        assert.equal(request?.authorization, "Bearer t");
        assert.equal(request?.url.host, "acmebackups.blob.core.windows.net");
        api.pageSize = 5000;
    });

    it("leave out a backup that runs, failed or is being deleted, and what is no generation's", async () => {
        api.addBackup("postgresql-aa-17", "2026-11-01T01:30:00Z", { status: "STARTED", end_time: "None" });
        api.addBackup("postgresql-aa-17", "2026-11-02T01:30:00Z", { status: "FAILED" });
        api.addBackup("postgresql-aa-17", "2026-11-03T01:30:00Z");
        delete api.blobs["postgresql/postgresql-aa-17/base/20261103T013000/backup.info"];
        api.addBackup("postgresql", "2026-11-04T01:30:00Z");
        api.addBackup("orders", "2026-11-04T01:30:00Z");
        assert.deepEqual(await found(), []);
    });

    it("are none in a container without backups", async () => {
        assert.deepEqual(await found(), []);
    });

    it("say what refuses them", async () => {
        api.refusals = 1;
        await assert.rejects(
            found(),
            /container postgresql of storage account acmebackups: HTTP 403 AuthorizationPermissionMismatch; .* Storage Blob Data Reader/,
        );
    });
});

function backup(generation: string, day: number): Backup {
    const completed = new Date(Date.UTC(2026, 10, day));
    return { folder: `postgresql-${generation}-17`, generation, name: String(day), begun: completed, completed };
}

describe("what a cluster archives as", () => {
    it("is its generation, the first time and as long as no other took over", () => {
        assert.equal(archiveOf([], "aa"), "aa");
        assert.equal(archiveOf([backup("bb", 1)], "aa"), "aa");
        assert.equal(archiveOf([backup("bb", 1), backup("aa", 2)], "aa"), "aa");
    });

    it("is another each time that it takes over again, and the same when the state is lost", () => {
        const second = [backup("aa", 1), backup("bb", 2)];
        assert.equal(archiveOf(second, "aa"), "aat2");
        assert.equal(archiveOf([...second, backup("aat2", 3)], "aa"), "aat2");
        const third = [...second, backup("aat2", 3), backup("bbt2", 4)];
        assert.equal(archiveOf(third, "aa"), "aat3");
        assert.equal(archiveOf(third, "bb"), "bbt2");
    });

    it("comes back from the one that took over, and never from its own earlier one", () => {
        const backups = [backup("aa", 1), backup("bb", 2)];
        assert.equal(recoveryPoint(backups, archiveOf(backups, "aa"))?.generation, "bb");
    });
});

describe("what a new cluster comes back from", () => {
    const backups = [backup("aa", 1), backup("bb", 3), backup("aa", 2), backup("cc", 4)];
    const chosen = (generation: string, by?: Date) => recoveryPoint(backups, generation, by)?.name;

    it("is the newest backup of another generation, and never its own", () => {
        assert.equal(chosen("dd"), "4");
        assert.equal(chosen("cc"), "3");
        assert.equal(recoveryPoint([backup("aa", 1)], "aa"), undefined);
        assert.equal(recoveryPoint([], "aa"), undefined);
    });

    it("is completed by the time that is asked for", () => {
        assert.equal(chosen("dd", new Date("2026-11-02T12:00:00Z")), "2");
        assert.equal(chosen("dd", new Date("2026-11-02T00:00:00Z")), "2");
        assert.equal(chosen("dd", new Date("2026-10-31T00:00:00Z")), undefined);
    });

    it("is told apart by the cluster's own id, in letters that a folder may have", () => {
        assert.equal(generationOf("0123-ABCD"), "0123abcd");
    });
});

describe("the backups of Velero", () => {
    const api = new BlobApi();
    const at = { ...access, container: "velero" };

    before(() => api.start());
    after(() => api.stop());

    function add(name: string, completionTimestamp: string, spec: object = {}, phase = "Completed"): void {
        const backup = { metadata: { name }, spec, status: { phase, completionTimestamp } };
        api.blobs[`velero/backups/${name}/${name}.tar.gz`] = "objects";
        api.blobs[`velero/backups/${name}/velero-backup.json`] = JSON.stringify(backup);
    }

    it("are the completed ones of everything, the newest first", async () => {
        const daily = {
            excludedNamespaces: ["flux-system"],
            labelSelector: { matchExpressions: [{ key: "cnpg.io/cluster", operator: "DoesNotExist" }] },
        };
        add("daily-1", "2026-11-26T02:40:00Z", daily);
        add("daily-2", "2026-11-27T02:40:00Z", daily);
        add("by-hand", "2026-11-25T12:00:00Z", { includedNamespaces: ["*"] });
        add("hourly-1", "2026-11-27T09:05:00Z", { labelSelector: { matchLabels: { backup: "hourly" } } });
        add("rehearsal", "2026-11-27T10:00:00Z", { includedNamespaces: ["podinfo"] });
        add("daily-3", "2026-11-28T02:40:00Z", daily, "PartiallyFailed");
        api.blobs["velero/backups/daily-4/daily-4.tar.gz"] = "being made";
        assert.deepEqual(
            (await veleroBackups(at)).map(({ name }) => name),
            ["daily-2", "daily-1", "by-hand"],
        );
    });
});
