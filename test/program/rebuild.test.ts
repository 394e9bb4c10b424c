import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { endApiServer } from "../../tools/drill/dead-cluster";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Report } from "../../tools/rebuild/report";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { stackResources } from "../support/stack-resources";
import { control, minimalRoles, readDeployerRole } from "@landfall/sandbox";

const stackFile = "Pulumi.staging.yaml";

/** From the worst on: a dead cluster, a rebuild that was killed half-way, a state that is gone; and the end. */
describe("npm run rebuild, and npm run destroy", function () {
    const checkout = useCheckout(this);
    const cluster = new Cluster(checkout);
    const report = path.join(checkout.directory, "rebuild.json");
    let marksBefore: Awaited<ReturnType<typeof marks>>;

    const command = (tool: string, ...args: string[]) => [
        ...["exec", "node", "tools/setup.mjs", `tools/${tool}/cli.ts`],
        ...["--stack", "staging", "--sandbox", ...args],
    ];
    const rebuild = (...args: string[]) => checkout.run(...command("rebuild", ...args));

    /** What a rebuild must not change: it cannot be made again, or others rely on it. */
    async function marks() {
        const resource = await stackResources(checkout);
        return {
            head: await checkout.output("git", "rev-parse"),
            vaultKey: await checkout.output("pulumi", "stack", "output", "keyVaultKey"),
            deployKey: resource("RepositoryDeployKey", "landfall-fleet").id,
            identity: resource("UserAssignedIdentity", "landfall-velero").outputs.clientId,
            grant: resource("RoleAssignment", "landfall-velero-storage-blob-data").id,
            decrypted: await cluster.secret("flux-system", "decryption-canary-pgp", "decrypted"),
        };
    }

    before(async () => {
        keepLayers(checkout, ["canary", "namespaces"]);
        await checkout.up();
        marksBefore = await marks();
    });

    it("is refused when the update after it would replace what must survive, and names it", async () => {
        const had = await checkout.azureResources();
        const restore = checkout.edit(
            stackFile,
            (text) => `${text.trimEnd()}\n  landfall:storageAccountName: another\n`,
        );
        const { code, output } = await rebuild("--yes");
        restore();
        assert.equal(code, 1, output);
        assert.match(output, /Refused, and nothing was changed:/);
        assert.match(output, /landfall-backups/);
        assert.deepEqual(await checkout.azureResources(), had);
    });

    it("says what survives and what is replaced, and changes nothing while nobody agrees", async () => {
        const { code, output } = await rebuild();
        assert.equal(code, 1, output);
        assert.match(output, /Survives, and is not touched: \d+ resources\n(.*\n)* {2}Vault {2}landfall-stagin-\w+\n/);
        assert.match(output, /Is replaced: \d+ resources\n(.*\n)* {2}ManagedCluster {2}landfall-staging\n/);
        assert.match(output, /^ {2}PostgreSQL {2}there is no backup: what it holds is lost$/m);
        assert.match(output, /^ {2}Volumes and objects {2}there is no backup: what it holds is lost$/m);
        assert.match(output, /add --yes; nothing was changed/);
        assert.equal((await checkout.status()).clusters.length, 1);
    });

    it("replaces a cluster whose API server is dead, and goes on after it was killed", async () => {
        endApiServer((await checkout.status()).clusters[0]);
        const first = checkout.launch(command("rebuild", "--yes"));
        // The old cluster is gone, and Azure makes the new one.
        await first.shows(/ManagedCluster landfall-cluster deleted[^]*ManagedCluster landfall-cluster creating/);
        first.kill();
        await first.ended;
        const { code, output } = await rebuild("--report", report);
        assert.equal(code, 0, output);
        assert.match(output, /Goes on with the rebuild of stack staging that was begun at /);
        assert.deepEqual(await marks(), marksBefore);
        const { attempts, phases } = JSON.parse(fs.readFileSync(report, "utf8")) as Report;
        assert.equal(attempts, 2);
        assert.deepEqual(phases.map(({ name }) => name).sort(), ["cluster", "flux", "layers", "removal"]);
    });

    it("leaves nothing for an update to do", () => nothingIsLeftToDo());

    it("says that a state is lost, and takes over what is there: the cluster and the roles too", async () => {
        const had = await checkout.azureIds();
        const [running] = (await checkout.status()).clusters;
        await checkout.output("pulumi", "stack", "rm", "--force", "--preserve-config", "--yes");
        const planned = await rebuild("--state-lost", "--plan");
        assert.match(planned.output, /^State of stack staging: 0 resources$/m);
        const { code, output } = await rebuild("--state-lost", "--yes");
        assert.equal(code, 0, output);
        assert.deepEqual(await checkout.azureIds(), had);
        assert.deepEqual((await checkout.status()).clusters[0]?.adminKubeconfig, running?.adminKubeconfig);
        const { deployKey, ...others } = await marks();
        const { deployKey: old, ...othersBefore } = marksBefore;
        assert.deepEqual(others, othersBefore);
        assert.notEqual(deployKey, old);
        const github = new GitHubDeployer(() => checkout.session());
        const keys = await github.call<{ id: number }[]>("GET", `repos/${organization}/fleet-staging/keys`);
        assert.deepEqual(
            keys.map(({ id }) => `fleet-staging:${id}`),
            [deployKey],
        );
    });

    it("leaves nothing for an update to do then either", () => nothingIsLeftToDo());

    it("is refused an end while nobody agrees, and says what goes and what stays", async () => {
        const { code, output } = await checkout.run(...command("destroy"));
        assert.equal(code, 1, output);
        assert.match(output, /Goes: \d+ resources\n(.*\n)* {2}ManagedCluster {2}landfall-staging\n/);
        assert.match(output, /Stays: \d+ resources, protected or kept\n(.*\n)* {2}Vault {2}landfall-stagin-\w+\n/);
        assert.equal((await checkout.status()).clusters.length, 1);
    });

    it("ends with the records of its cluster, though Flux is gone and a finalizer is stuck", async () => {
        const zone = (await stackResources(checkout))("Zone", "landfall").id;
        await leaveRecords(zone);
        await cluster.kubectl("create", "configmap", "stuck", "--namespace=flux-system");
        const stuck = `{ "metadata": { "finalizers": ["example.org/never"] } }`;
        await cluster.kubectl(
            "patch",
            "configmap",
            "stuck",
            "--namespace=flux-system",
            "--type=merge",
            "--patch",
            stuck,
        );
        await cluster.kubectl("delete", "namespace", "flux-system", "--wait=false");
        const { code, output } = await checkout.run(...command("destroy", "--yes"));
        assert.equal(code, 0, output);
        assert.match(output, / {2}DNS record A www\.\S+\n/);
        assert.match(output, /nothing that its cluster made is left/);
        assert.match(
            output,
            /Stays, and costs what it holds:\n(.*\n)* {2}\S+\/providers\/Microsoft.KeyVault\/vaults\//,
        );
        const { clusters, azureIds } = await checkout.status();
        assert.deepEqual(clusters, []);
        assert.deepEqual(
            azureIds.filter((id) => /landfall-staging-(nodes|cluster)/i.test(id)),
            [],
        );
        // A state that was taken over has ids in the spelling of the interface's description, not in Azure's.
        const isOfZone = (id: string) => id.toLowerCase().startsWith(`${zone}/`.toLowerCase());
        const records = azureIds.filter(isOfZone).map((id) => id.slice(zone.length));
        assert.deepEqual(records, ["/A/mail"]);
    });

    /** Leaves what external-dns makes for a host, and a record of somebody else. */
    async function leaveRecords(zone: string): Promise<void> {
        const grant = (...roles: string[]) =>
            control(
                checkout.sandbox,
                "POST",
                `/deployer-roles?${new URLSearchParams(roles.map((role): [string, string] => ["role", role])).toString()}`,
            );
        await grant("Owner");
        const azure = new AzureDeployer(checkout.session());
        const put = (record: string, properties: object) =>
            azure.arm("PUT", `${zone}/${record}`, "2018-05-01", { properties: { TTL: 300, ...properties } });
        const mark = "heritage=external-dns,external-dns/owner=landfall-staging,external-dns/resource=service/a/b";
        await put("A/www", { ARecords: [{ ipv4Address: "192.0.2.1" }] });
        await put("TXT/a-www", { TXTRecords: [{ value: [`"${mark}"`] }] });
        await put("A/mail", { ARecords: [{ ipv4Address: "192.0.2.2" }] });
        await grant(...minimalRoles(readDeployerRole(checkout.path("."))));
    }

    async function nothingIsLeftToDo(): Promise<void> {
        const { changes, git } = await checkout.up();
        assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
        assert.deepEqual(git, { commits: 0, files: 0 });
    }
});
