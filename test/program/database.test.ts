import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster, type Condition } from "../support/cluster";
import { smallTree } from "../support/small-tree";
import { until } from "../support/until";

interface Database {
    readonly spec: {
        readonly bootstrap: Readonly<Record<string, unknown>>;
        readonly externalClusters?: readonly { readonly plugin: { readonly parameters: { serverName: string } } }[];
        readonly plugins: readonly { readonly parameters: { readonly serverName: string } }[];
    };
    readonly status?: {
        /** What stands for the data: a physical backup keeps it, and a new database has another. */
        readonly systemID?: string;
        readonly timelineID?: number;
        readonly conditions?: readonly Condition[];
    };
}

interface Backups {
    readonly items: readonly { readonly status?: { readonly phase?: string; readonly serverName?: string } }[];
}

const layers = ["canary", "namespaces", "crds", "identities", "security", "infra", "databases", "databases-config"];

describe("a database whose cluster is replaced", function () {
    const checkout = useCheckout(this, { systems: [...smallTree, "cloudnative-pg", "plugin-barman-cloud"] });
    const cluster = new Cluster(checkout);
    let first: Database;
    let second: Database;

    const database = () =>
        cluster.get<Database>({ kind: "clusters.postgresql.cnpg.io", name: "postgresql", namespace: "postgresql" });
    const backups = async () =>
        JSON.parse(
            await cluster.kubectl("get", "backups.postgresql.cnpg.io", "-n", "postgresql", "-o", "json"),
        ) as Backups;
    const folderOf = ({ spec }: Database) => spec.plugins[0]?.parameters.serverName;

    /** The database, with a backup in the folder that it archives to. */
    const backedUp = async () => {
        const { items } = await until("the first backup", backups, (all) =>
            all.items.some(({ status }) => status?.phase === "completed"),
        );
        const now = await database();
        assert.equal(items[0]?.status?.serverName, folderOf(now));
        const archiving = now.status?.conditions?.find(({ type }) => type === "ContinuousArchiving");
        assert.equal(archiving?.status, "True", archiving?.message);
        return now;
    };

    before("brings up a database, backs it up, and makes its cluster anew", async () => {
        keepLayers(checkout, layers);
        await checkout.up();
        first = await backedUp();
        await checkout.output("pulumi", "destroy", "--exclude-protected", "--yes", "--skip-preview");
        await checkout.up();
        second = await backedUp();
    });

    it("begins with nothing in the first cluster", () => {
        assert.deepEqual(Object.keys(first.spec.bootstrap), ["initdb"]);
        assert.match(folderOf(first) ?? "", /^postgresql-[0-9a-f]{24}-18$/);
    });

    it("comes back from the folder of the cluster before, and archives into one of its own", () => {
        assert.deepEqual(Object.keys(second.spec.bootstrap), ["recovery"]);
        assert.equal(second.spec.externalClusters?.[0]?.plugin.parameters.serverName, folderOf(first));
        assert.notEqual(folderOf(second), folderOf(first));
    });

    it("is the same database, on a timeline of its own", () => {
        assert.match(first.status?.systemID ?? "", /^\d{19}$/);
        assert.equal(second.status?.systemID, first.status?.systemID);
        assert.deepEqual([first.status?.timelineID, second.status?.timelineID], [1, 2]);
    });

    it("stays as it is: another update changes nothing", async () => {
        const report = await checkout.up();
        assert.equal(report.git.commits, 0);
        const { same } = report.changes;
        assert.deepEqual(report.changes, { create: 0, update: 0, replace: 0, delete: 0, same });
    });
});
