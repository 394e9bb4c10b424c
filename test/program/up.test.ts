import * as assert from "node:assert/strict";
import * as path from "node:path";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { parse } from "yaml";
import { Checkout } from "../support/checkout";

/** With every system of the tree; the other tests of the program have a few. */
describe("the main job, in the sandbox", function () {
    this.timeout(900_000);
    const checkout = new Checkout({ systems: "all" });

    after(() => checkout.remove());

    const kubectl = async (...args: string[]) => {
        const { code, output } = await checkout.run("kubectl", ...args);
        assert.equal(code, 0, output);
        return output;
    };
    const head = async (stack: string) => (await checkout.run("git", "--stack", stack, "rev-parse")).output.trim();

    it("takes an empty world to a cluster where every Flux object is Ready", async () => {
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
        assert.deepEqual(
            report.flux.filter(({ ready }) => !ready),
            [],
        );
        const layers = report.flux.filter(({ kind }) => kind === "Kustomization").map(({ name }) => name);
        const cluster = parse(checkout.read("gitops/clusters/staging/kustomization.yaml")) as { resources: string[] };
        const expected = cluster.resources.map((file) => path.basename(file, ".yaml"));
        assert.deepEqual(layers.sort(), ["flux-system", ...expected].sort());
        const releases = report.flux.filter(({ kind }) => kind === "HelmRelease").length;
        assert.equal(report.git.commits, 1);
        assert.ok(report.changes.create > 50);
        const lines = (await kubectl("api-resources", "--verbs=list", "-o", "name")).trim().split("\n");
        const kinds = lines.filter((kind) => !/^(events|componentstatuses|.*metrics\.k8s\.io)/.test(kind)).join(",");
        const objects = (await kubectl("get", kinds, "-A", "-o", "name")).trim().split("\n").length;
        console.log(`      cold: ${(report.ms / 1000).toFixed(1)} s, ${releases} releases, ${objects} objects`);
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

    it("changes no resource and makes no commit the second time", async () => {
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        const { same } = report.changes;
        assert.deepEqual(report.changes, { create: 0, update: 0, replace: 0, delete: 0, same });
        assert.deepEqual(report.git, { commits: 0, files: 0 });
        console.log(`      no change: ${(report.ms / 1000).toFixed(1)} s`, report.phases);
    });

    it("holds nothing in the state that the tree holds: every object has one owner", async () => {
        const { output } = await checkout.run("pulumi", "stack", "export");
        const { deployment } = JSON.parse(output) as {
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
        const restore = checkout.edit("gitops/systems/podinfo/service-account.yaml", (text) =>
            text.replace(/^metadata:\n/m, "metadata:\n  annotations:\n    example.org/changed: yes-it-is\n"),
        );
        const preview = await checkout.run("pulumi", "preview", "--diff");
        assert.equal(preview.code, 0, preview.output);
        assert.match(preview.output, /changed {2}systems\/podinfo\/service-account\.yaml \(\+2 -0\)/);
        assert.match(preview.output, /^\+ {4}example\.org\/changed: yes-it-is$/m);
        assert.equal(await head("staging"), before);
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.deepEqual(report.git, { commits: 1, files: 2 });
        assert.match(await kubectl("get", "serviceaccount", "-n", "podinfo", "podinfo", "-o", "yaml"), /yes-it-is/);
        restore();
    });

    it("brings the second environment up beside the first, and changes nothing of what that one runs", async () => {
        const before = await head("staging");
        const { code, output, report } = await checkout.start("production");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
        assert.equal(await head("staging"), before);
    });

    it("rebuilds the cluster from the same repository and keys after everything replaceable is gone", async () => {
        const before = await head("staging");
        const destroy = await checkout.run("pulumi", "destroy", "--exclude-protected", "--yes", "--skip-preview");
        assert.equal(destroy.code, 0, destroy.output);
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
        assert.equal(report.resources["azure-native:keyvault:Key"], 1);
        const log = await checkout.run("git", "--stack", "staging", "log", "--format=%H");
        assert.ok(log.output.includes(before), "the branch kept its history");
        console.log(`      rebuild: ${(report.ms / 1000).toFixed(1)} s`, report.phases);
    });

    it("leaves no process and no file behind", async () => {
        const { output } = await checkout.run("status");
        const pids = [...output.matchAll(/\((\d+)\)/g)].map(([, pid]) => Number(pid));
        assert.ok(pids.length > 10);
        assert.equal((await checkout.run("down")).code, 0);
        assert.equal(fs.existsSync(checkout.sandbox), false);
        const running = execFileSync("ps", ["-e", "-o", "pid="], { encoding: "utf8" }).split("\n").map(Number);
        assert.deepEqual(
            pids.filter((pid) => running.includes(pid)),
            [],
        );
    });
});
