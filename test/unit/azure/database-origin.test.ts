import * as assert from "node:assert/strict";
import { DatabaseOrigin } from "../../../components/azure/database-origin";
import { lendToken } from "../../../components/azure/lend-token";
import { BlobApi } from "../../support/blob-api";
import { valueOf } from "../../support/deploy";
import { serializedProvider } from "../../support/serialized-provider";

interface Inputs {
    readonly account: string;
    readonly container: string;
    readonly lender: string;
    readonly generation: string;
    readonly recoverTo?: string;
}

const settings = { account: "acmebackups", container: "postgresql", generation: "cc" };
const token = () => Promise.resolve("t0ken");

describe("DatabaseOrigin", () => {
    const api = new BlobApi();
    let args: Inputs;

    before(async () => {
        api.start();
        args = { ...settings, lender: await valueOf(lendToken(token)) };
    });
    after(() => api.stop());
    beforeEach(() => Object.keys(api.blobs).forEach((name) => delete api.blobs[name]));

    const provider = () => serializedProvider<Inputs>(() => new DatabaseOrigin("database", { ...settings, token }));
    const decided = async (inputs: Partial<Inputs> = {}) => {
        const made: { outs?: unknown } = await (await provider()).create({ ...args, ...inputs });
        return made.outs as Record<string, unknown>;
    };

    it("is nothing while no other cluster left a backup", async () => {
        api.addBackup("postgresql-cc-17", "2026-11-01T01:30:00Z");
        const outs = { generation: "cc", archive: "cc", bootstrap: "initdb", source: "none", recoveryTarget: "{}" };
        assert.deepEqual(await decided(), outs);
        assert.deepEqual(await decided({ recoverTo: "2026-10-01T00:00:00Z" }), outs);
        assert.deepEqual([...new Set(api.requests.map(({ authorization }) => authorization))], ["Bearer t0ken"]);
    });

    it("is the folder with the newest backup of another cluster, to its end or to a time", async () => {
        api.addBackup("postgresql-aa-17", "2026-11-01T01:30:00Z");
        api.addBackup("postgresql-bb-17", "2026-11-03T01:30:00Z");
        api.addBackup("postgresql-cc-17", "2026-11-04T01:30:00Z");
        assert.deepEqual(await decided(), {
            ...{ generation: "cc", archive: "cc", bootstrap: "recovery" },
            ...{ source: "postgresql-bb-17", recoveryTarget: "{}" },
        });
        assert.deepEqual(await decided({ recoverTo: "2026-11-02T12:00:00+01:00" }), {
            ...{ generation: "cc", archive: "cc", bootstrap: "recovery" },
            ...{ source: "postgresql-aa-17", recoveryTarget: '{ targetTime: "2026-11-02T12:00:00+01:00" }' },
        });
    });

    it("refuses a time before every backup, and names the oldest", async () => {
        api.addBackup("postgresql-aa-17", "2026-11-01T01:30:00Z");
        api.addBackup("postgresql-bb-17", "2026-11-03T01:30:00Z");
        await assert.rejects(
            decided({ recoverTo: "2026-10-31T00:00:00Z" }),
            /landfall:recoverTo: no backup .* by 2026-10-31T00:00:00Z; the oldest is of 2026-11-01T01:30:00.000Z/,
        );
    });

    it("asks again while Azure does not let the role work", async () => {
        const delay = globalThis.setTimeout;
        globalThis.setTimeout = ((run: () => void) => delay(run, 0)) as typeof setTimeout;
        try {
            api.refusals = 3;
            assert.equal((await decided()).bootstrap, "initdb");
            api.refusals = 1000;
            await assert.rejects(decided(), /HTTP 403/);
            assert.ok(api.refusals > 900, "it asks for ten minutes, not for ever");
        } finally {
            api.refusals = 0;
            globalThis.setTimeout = delay;
        }
    });

    it("is decided once for a cluster: new backups, another run and a time change nothing", async () => {
        const { diff } = await provider();
        const olds = { ...args, archive: "cc", bootstrap: "initdb", source: "none", recoveryTarget: "{}" };
        const changes = async (news: Partial<Inputs>) => (await diff?.("id", olds, { ...args, ...news }))?.changes;
        assert.equal(await changes({ lender: "another", recoverTo: "2026-11-01T00:00:00Z" }), false);
        assert.equal(await changes({ generation: "dd" }), true);
    });

    it("is kept where an earlier version decided it, which had one archive for a generation", async () => {
        const { diff, update } = await provider();
        const olds = { ...args, bootstrap: "recovery", source: "postgresql-bb-17", recoveryTarget: "{}" };
        assert.equal((await diff?.("id", olds, args))?.changes, true);
        assert.deepEqual((await update?.("id", olds, args))?.outs, { ...olds, archive: args.generation });
    });
});
