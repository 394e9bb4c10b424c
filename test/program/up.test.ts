import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { useCheckout } from "../support/checkout";
import { listedLayers, podinfoServiceAccount } from "../support/checkout-tree";
import { objectsOfCluster } from "../support/cluster-objects";
import { processesOf } from "../support/leaks";
import { until } from "../support/until";
import { openPorts, otherUser, saidTo } from "@landfall/sandbox/testing";

/** Runs every system of the tree; the other tests of the program run a few. */
describe("npm start", function () {
    const checkout = useCheckout(this, { systems: "all" });

    const kubectl = (...args: string[]) => checkout.output("kubectl", ...args);
    const head = (stack: string) => checkout.output("git", "--stack", stack, "rev-parse");

    it("takes an empty world to a cluster where every Flux object is Ready", async () => {
        const report = await checkout.up();
        assert.deepEqual(
            report.flux.filter(({ ready }) => !ready),
            [],
        );
        const layers = report.flux.filter(({ kind }) => kind === "Kustomization").map(({ name }) => name);
        // One that is no layer takes definitions from their own repository.
        assert.deepEqual(layers.sort(), ["flux-system", "gateway-api", ...listedLayers(checkout)].sort());
        const releases = report.flux.filter(({ kind }) => kind === "HelmRelease").length;
        assert.equal(report.git.commits, 1);
        assert.ok(report.changes.create > 50);
        const { size } = await objectsOfCluster(kubectl);
        console.log(`      cold: ${(report.ms / 1000).toFixed(1)} s, ${releases} releases, ${size} objects`);
        console.log("     ", report.phases);
    });

    it("decrypts the tree's Secret in the cluster, and podinfo uses it", async () => {
        const secret = await kubectl("get", "secret", "-n", "podinfo", "podinfo-credentials", "-o", "json");
        const { data } = JSON.parse(secret) as { data: Record<string, string> };
        for (const value of Object.values(data)) {
            assert.doesNotMatch(Buffer.from(value, "base64").toString("utf8"), /^ENC\[/);
        }
        const deployment = await kubectl("get", "deployment", "-n", "podinfo", "podinfo", "-o", "yaml");
        assert.match(deployment, /name: podinfo-credentials/);
    });

    it("answers no other user of the machine, but for the API server, which asks who it is", async function () {
        const other = otherUser() ?? this.skip();
        const open = openPorts(processesOf(checkout.sandbox).map((line) => parseInt(line)));
        assert.ok([...open.values()].includes("source-watcher") && open.size > 40, [...open.values()].join());
        const said = await saidTo(other, [...open.keys()]);
        const heard = [...open].filter(([address]) => said.get(address) !== "closed");
        assert.deepEqual([...new Set(heard.map(([, command]) => command))], ["kube-apiserver"]);
        const artifacts = [...open.keys()].filter((address) => address.endsWith(":9090"));
        assert.deepEqual([...new Set((await saidTo([], artifacts)).values())], ["answers"]);
    });

    it("changes no resource, makes no commit and warns of nothing the second time", async () => {
        const { output, report } = await checkout.start("staging");
        assert.equal(report.ready, true, output);
        assert.doesNotMatch(output, /\bwarnings?\b/);
        const { same } = report.changes;
        assert.deepEqual(report.changes, { create: 0, update: 0, replace: 0, delete: 0, same });
        assert.deepEqual(report.git, { commits: 0, files: 0 });
        console.log(`      no change: ${(report.ms / 1000).toFixed(1)} s`, report.phases);
    });

    it("has one owner for every object: what the tree holds is not in the state", async () => {
        const { deployment } = JSON.parse(await checkout.output("pulumi", "stack", "export")) as {
            deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
        };
        const held = deployment.resources
            .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm"))
            .map(
                ({ outputs }) => outputs as unknown as { kind: string; metadata: { namespace?: string; name: string } },
            )
            .map(({ kind, metadata }) => `${metadata.namespace ?? ""}_${metadata.name}_${kind}`);
        const list = JSON.parse(await kubectl("get", "kustomizations", "-A", "-o", "json")) as {
            items: { status: { inventory?: { entries?: { id: string }[] } } }[];
        };
        const applied = list.items
            .flatMap(({ status }) => status.inventory?.entries ?? [])
            .map(({ id }) => id.split("_"))
            .map(([namespace, name, , kind]) => `${namespace}_${name}_${kind}`);
        assert.ok(held.length >= 7 && applied.length > 20);
        assert.deepEqual(
            held.filter((object) => applied.includes(object)),
            [],
        );
    });

    it("brings a changed value to the cluster with one commit, which a preview shows and does not write", async () => {
        const before = await head("staging");
        const restore = checkout.edit(podinfoServiceAccount, (text) =>
            text.replace(/^metadata:\n/m, "metadata:\n  annotations:\n    example.org/changed: yes-it-is\n"),
        );
        // What the program logs goes to standard error.
        const { code, output: preview } = await checkout.run("pulumi", "preview", "--diff");
        assert.equal(code, 0, preview);
        assert.match(preview, new RegExp(`changed  ${podinfoServiceAccount.replace("gitops/", "")} \\(\\+2 -0\\)`));
        assert.match(preview, /^\+ {4}example\.org\/changed: yes-it-is$/m);
        assert.equal(await head("staging"), before);
        assert.deepEqual((await checkout.up()).git, { commits: 1, files: 2 });
        assert.match(await kubectl("get", "serviceaccount", "-n", "podinfo", "podinfo", "-o", "yaml"), /yes-it-is/);
        restore();
    });

    it("brings the second environment up, and changes nothing in the first", async () => {
        const before = await head("staging");
        await checkout.up("production");
        assert.equal(await head("staging"), before);
    });

    it("rebuilds the cluster from the same repository and keys after everything replaceable is gone", async () => {
        const before = await head("staging");
        await checkout.output("pulumi", "destroy", "--exclude-protected", "--yes", "--skip-preview");
        const report = await checkout.up();
        assert.equal(report.resources["azure-native:keyvault:Key"], 1);
        const log = await checkout.output("git", "--stack", "staging", "log", "--format=%H");
        assert.ok(log.includes(before), "the branch kept its history");
        console.log(`      rebuild: ${(report.ms / 1000).toFixed(1)} s`, report.phases);
    });

    it("leaves no process and no file after down", async () => {
        assert.ok(processesOf(checkout.sandbox).length > 10);
        await checkout.output("down");
        assert.equal(fs.existsSync(checkout.sandbox), false);
        await until(
            "the last process to end",
            () => processesOf(checkout.directory),
            (left) => left.length === 0,
        );
    });
});
