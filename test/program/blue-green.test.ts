import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import type { Report } from "../../tools/switch/report";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { RecordWriter } from "../support/record-writer";
import { smallTree } from "../support/small-tree";
import { stackResources } from "../support/stack-resources";
import { until } from "../support/until";
import { Watch } from "../support/watch";

interface Database {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: { readonly plugins: readonly { readonly parameters: { readonly serverName: string } }[] };
    /** What stands for the data: a physical backup keeps the one, and each recovery counts the other up. */
    readonly status?: { readonly systemID?: string; readonly timelineID?: number };
}

interface Deployments {
    readonly items: readonly {
        readonly metadata: { readonly namespace: string; readonly name: string };
        readonly status?: { readonly availableReplicas?: number };
    }[];
}

const stackFile = "Pulumi.staging.yaml";
const layers = [
    ...["canary", "namespaces", "crds", "identities", "security", "infra", "dns"],
    ...["databases", "databases-config"],
];
/** What answers a request from outside. */
const serving = ["traefik/traefik"];
const host = "www";

describe("a stack whose cluster is replaced by another", function () {
    const systems = [...smallTree, "external-dns", "cloudnative-pg", "plugin-barman-cloud"];
    const checkout = useCheckout(this, { systems });
    const clusters = {
        blue: new Cluster(checkout, "staging", "blue"),
        green: new Cluster(checkout, "staging", "green"),
    };
    type Name = keyof typeof clusters;
    const report = path.join(checkout.directory, "switch.json");
    const addresses = new Map<string, Name>();
    let record: () => Promise<string>;
    let first: Database;
    let had: readonly string[];
    let watch: Watch;
    let zone: string;
    const writers: RecordWriter[] = [];

    const database = (name: Name) =>
        clusters[name].get<Database>({
            kind: "clusters.postgresql.cnpg.io",
            name: "postgresql",
            namespace: "postgresql",
        });
    const folderOf = ({ spec }: Database) => spec.plugins[0]?.parameters.serverName ?? "";
    const addressOf = async (name: Name) => {
        const service = { kind: "service", name: "traefik", namespace: "traefik" };
        const { status } = await clusters[name].get<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(
            service,
        );
        return status.loadBalancer.ingress[0]?.ip ?? "";
    };
    /** Has external-dns of a cluster at work. */
    const join = async (name: Name) => {
        const address = await addressOf(name);
        addresses.set(address, name);
        writers.push(new RecordWriter(checkout, clusters[name], zone, host, address));
    };
    const setClusters = (...names: readonly string[]) =>
        checkout.edit(
            stackFile,
            (text) =>
                `${text.replace(/^ {2}landfall:clusters: .*\n/m, "").trimEnd()}\n  landfall:clusters: [${names.join(", ")}]\n`,
        );
    const switchTo = (...args: readonly string[]) =>
        checkout.run(
            ...["exec", "node", "tools/setup.mjs", "tools/switch/cli.ts", "--stack", "staging", "--sandbox", "--to"],
            ...args,
        );

    before("brings up a cluster with a database and a record", async () => {
        keepLayers(checkout, layers);
        await checkout.up();
        const azure = new AzureDeployer(checkout.session());
        zone = (await stackResources(checkout))("Zone", "landfall-zone").id;
        record = async () => {
            const { properties } = await azure.arm<{ properties: { ARecords: { ipv4Address: string }[] } }>(
                "GET",
                `${zone}/A/${host}`,
                "2018-05-01",
            );
            return properties.ARecords.map(({ ipv4Address }) => ipv4Address).join();
        };
        await join("blue");
        await until(
            "the record of the first cluster",
            () => record().catch(() => ""),
            (text) => addresses.has(text),
        );
        first = await database("blue");
        had = await checkout.azureResources();
        // From now on, to the end.
        watch = new Watch(async () => {
            const address = await record();
            const name = addresses.get(address);
            return name === undefined
                ? `${host} leads to ${address}, which is no cluster's`
                : (await unavailable(clusters[name]))
                      .map((what) => `${host} leads to ${name}, where ${what} is down`)
                      .join();
        });
    });

    it("gets a second one beside the first, which stands by and changes nothing of it", async () => {
        setClusters("blue", "green");
        const { changes, git } = await checkout.up();
        assert.deepEqual({ ...changes, create: 0, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
        assert.equal(git.commits, 0);
        await join("green");
        assert.equal(addresses.size, 2);
        assert.equal(addresses.get(await record()), "blue");
        assert.match(await clusters.green.answer("get", "clusters.postgresql.cnpg.io", "-A"), /No resources found|^$/);
    });

    it("says what a switch would do, and changes nothing while nobody agrees", async () => {
        const typo = await switchTo("gren", "--yes");
        assert.equal(typo.code, 1, typo.output);
        assert.match(typo.output, /did you mean green\?/);
        const { code, output } = await switchTo("green");
        assert.equal(code, 1, output);
        assert.match(
            output,
            /Switch of stack staging from blue to green\n(.*\n)* {2}PostgreSQL {2}\d+ min old: postgresql-/,
        );
        assert.match(output, /add --yes; nothing was changed/);
        assert.equal((await database("blue")).metadata.annotations?.["cnpg.io/hibernation"], undefined);
    });

    for (const [to, from, timeline, archive] of [
        ["green", "blue", 2, /^postgresql-[0-9a-f]{24}-18$/],
        ["blue", "green", 3, /^postgresql-[0-9a-f]{24}t2-18$/],
    ] as const) {
        it(`hands database and record over to ${to}`, async () => {
            const { code, output } = await switchTo(to, "--yes", "--report", report);
            assert.equal(code, 0, output);
            assert.equal(addresses.get(await record()), to);
            const moved = await database(to);
            assert.deepEqual([moved.status?.systemID, moved.status?.timelineID], [first.status?.systemID, timeline]);
            assert.match(folderOf(moved), archive);
            assert.notEqual(folderOf(moved), folderOf(first));
            assert.equal((await database(from)).metadata.annotations?.["cnpg.io/hibernation"], "on");
            const { phases } = JSON.parse(fs.readFileSync(report, "utf8")) as Report;
            const names = phases.map(({ name }) => name);
            assert.ok(
                ["backup", "stop", "records"].every((name) => names.includes(name)),
                names.join(),
            );
        });
    }

    it("drops the other, of which nothing is left", async () => {
        setClusters("blue");
        await writers[1]?.end();
        await checkout.up();
        assert.deepEqual(await checkout.azureResources(), had);
        assert.equal((await checkout.status()).clusters.length, 1);
        const { changes } = await checkout.up();
        assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    });

    it("had at every instant a record that leads to a cluster which answers", async () => {
        const { samples, problems } = await watch.end();
        await writers[0]?.end();
        assert.deepEqual(
            writers.map(({ written }) => written.length),
            [2, 1],
            "each wrote when it became active, and not while it stood by",
        );
        assert.deepEqual(problems, []);
        assert.ok(samples > 50, `${samples} looks`);
    });
});

async function unavailable(cluster: Cluster): Promise<string[]> {
    const { items } = JSON.parse(await cluster.kubectl("get", "deployments", "-A", "-o", "json")) as Deployments;
    const up = items
        .filter(({ status }) => (status?.availableReplicas ?? 0) > 0)
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    return serving.filter((name) => !up.includes(name));
}
