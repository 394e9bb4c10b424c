import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../tools/sandbox/report";
import { control, type WorldStatus } from "@landfall/sandbox";
import { Checkout, type Run } from "../support/checkout";
import { type Step, stepsIn } from "../support/engine-steps";
import { CommandLines, filesWith, historyOf, logsIn, processesOf, textsIn, tracesOf } from "../support/leaks";
import { freePort, isOpen } from "../support/ports";

const stackFile = "Pulumi.staging.yaml";
/** Far below the 15 minutes of readyTimeoutMinutes, and enough on a busy machine. */
const early = 5 * 60_000;

/** The parts build on one another, so that three clusters are enough for all of them. */
describe("what goes wrong", function () {
    this.timeout(600_000);
    const checkout = new Checkout();
    const eventLog = path.join(checkout.sandbox, "events-staging.json");
    const commandLines = new CommandLines();
    const outputs: string[] = [];

    after(async () => {
        commandLines.stop();
        await checkout.remove();
    });

    async function kept<Result extends Run>(run: Promise<Result>): Promise<Result> {
        const result = await run;
        outputs.push(result.output);
        return result;
    }
    const start = () => kept(checkout.start("staging"));
    const pulumi = (...args: string[]) => kept(checkout.run("pulumi", ...args));
    const status = () => control<WorldStatus>(checkout.sandbox, "GET", "/status");
    const head = async () => (await checkout.run("git", "rev-parse")).output.trim();

    function assertReady({ code, output, report }: Run & { report: Report }): void {
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
    }

    describe("Ctrl-C", () => {
        for (const [moment, reached, engineRuns] of [
            ["while the sandbox starts", "daemon.log", false],
            ["while the cluster starts", "clusters", true],
        ] as const) {
            it(`${moment} leaves no process, no port and no file`, async () => {
                const port = await freePort();
                const running = checkout.launch(["start", "--port", String(port)]);
                while (!fs.existsSync(path.join(checkout.sandbox, reached))) {
                    await sleep(50);
                }
                await sleep(300);
                running.interrupt();
                const { code, output } = await running.ended;
                assert.notEqual(code, 0, output);
                assert.match(output, /Interrupted: taking the sandbox down/);
                assert.equal(/^Updating \(staging\)/m.test(output), engineRuns);
                assert.deepEqual(processesOf(checkout.sandbox), []);
                assert.equal(await isOpen(port), false);
                assert.equal(fs.existsSync(checkout.sandbox), false);
                assert.equal(fs.existsSync(`${checkout.sandbox}.lock`), false);
            });
        }
    });

    describe("a chart that refuses its values", () => {
        let restore: () => void;

        it("ends an update early, with the release, the reason and the cause", async () => {
            restore = checkout.edit("gitops/systems/traefik/release.yaml", (text) =>
                text.replace(/^  values:\n/m, "  values:\n    noSuchValue: 1\n"),
            );
            const { code, output, report } = await start();
            assert.equal(code, 1, output);
            assert.match(output, /HelmRelease flux-system\/traefik cannot become ready: InstallFailed: .*noSuchValue/s);
            assert.match(output, /probable cause: the chart refuses these values/);
            assert.ok(report.ms < early, `${report.ms} ms`);
            console.log(`      failed after ${(report.ms / 1000).toFixed(1)} s`, report.phases);
        });

        it("is in order after the next update, once it is put right", async () => {
            restore();
            // Another kubeconfig, as another way to log in makes it.
            checkout.edit("components/azure/kubeconfig.ts", (text) =>
                text.replace("stringify({ ...config,", "stringify({ ...config, preferences: { colors: true },"),
            );
            const run = await start();
            assertReady(run);
            assert.deepEqual(run.report.git, { commits: 1, files: 2 });
        });

        it("is put right with another kubeconfig for the same cluster, which replaces nothing", () => {
            const steps = stepsIn(eventLog);
            assert.equal(steps.find(({ type }) => type === "pulumi:providers:kubernetes")?.op, "update");
            assert.deepEqual(
                steps.filter(({ op }) => /replace|delete/.test(op)),
                [],
            );
        });
    });

    describe("a layer that kustomize cannot build", () => {
        it("ends an update early, with the layer, the reason and the cause", async () => {
            const restore = checkout.edit("gitops/layers/apps/kustomization.yaml", (text) =>
                text.replace("resources:\n", "resources:\n  - missing.yaml\n"),
            );
            const { code, output, report } = await start().finally(restore);
            assert.equal(code, 1, output);
            assert.match(output, /Kustomization flux-system\/apps cannot become ready: BuildFailed: .*missing\.yaml/s);
            assert.match(output, /probable cause: kustomize cannot build this path/);
            assert.ok(report.ms < early, `${report.ms} ms`);
        });
    });

    describe("a workload that never becomes ready", () => {
        it("ends an update when readyTimeoutMinutes are over, and is named", async () => {
            const restores = [
                checkout.edit("gitops/systems/podinfo/deployment.yaml", (text) =>
                    text.replace(/^( +)containers:\n/m, "$1nodeSelector:\n$1  example.org/no-such: node\n$&"),
                ),
                checkout.edit(stackFile, (text) => `${text.trimEnd()}\n  landfall:readyTimeoutMinutes: 1\n`),
            ];
            const { code, output } = await start().finally(() => restores.forEach((restore) => restore()));
            assert.equal(code, 1, output);
            assert.match(
                output,
                /Kustomization flux-system\/apps is not ready after 1 minutes? \(landfall:readyTimeoutMinutes\)/,
            );
        });
    });

    describe("a change of podCidr", () => {
        let durable: readonly string[];
        let replaced: readonly Step[];

        it("brings a new cluster that is Ready", async () => {
            durable = await protectedResources();
            checkout.edit(stackFile, (text) => text.replace("10.244.0.0/16", "10.248.0.0/16"));
            const run = await start();
            assertReady(run);
            replaced = stepsIn(eventLog).filter(({ op }) => /replace/.test(op));
            console.log(`      replaced in ${(run.report.ms / 1000).toFixed(1)} s`, run.report.phases);
        });

        it("replaces the provider of the cluster because it is another cluster", () => {
            const keys = (type: string) =>
                new Set(replaced.filter((s) => s.type === type).flatMap((s) => s.keys ?? []));
            assert.ok(keys("azure-native:containerservice:ManagedCluster").size > 0);
            assert.deepEqual(keys("pulumi:providers:kubernetes"), new Set(["clusterIdentifier"]));
        });

        it("replaces what is in the cluster for no other reason than its provider", () => {
            const objects = replaced.filter(({ type }) => type.startsWith("kubernetes:"));
            assert.ok(objects.some(({ type }) => type === "kubernetes:core/v1:Secret"));
            for (const { urn, keys } of objects) {
                assert.deepEqual(keys?.filter((key) => key !== "provider") ?? [], [], urn);
            }
        });

        it("leaves everything durable as it was", () => {
            assert.ok(durable.length > 10);
            const touched = stepsIn(eventLog).filter(({ urn, op }) => durable.includes(urn) && op !== "same");
            assert.deepEqual(touched, []);
        });
    });

    describe("pulumi destroy without flags", () => {
        it("is refused by protection, and deletes nothing", async () => {
            const before = await status();
            const { code, output } = await pulumi("destroy", "--yes");
            assert.notEqual(code, 0, output);
            assert.match(output, /cannot be deleted\s+because it is protected/);
            const { azureResources, clusters } = await status();
            assert.deepEqual([azureResources, clusters], [before.azureResources, before.clusters]);
        });
    });

    describe("a cluster whose API server is dead", () => {
        let branch: string;
        let keyUri: string;

        it("is destroyed all the same", async () => {
            branch = await head();
            keyUri = (await checkout.run("pulumi", "stack", "output", "keyVaultKey")).output;
            const [cluster] = (await status()).clusters;
            const vital = cluster?.processes.filter(({ name }) => /^(etcd|kube-apiserver)$/.test(name)) ?? [];
            assert.equal(vital.length, 2);
            // With a file in the place of its data etcd cannot start again, and so neither can the API server.
            const data = path.join(path.dirname(cluster?.adminKubeconfig ?? ""), "etcd");
            fs.rmSync(data, { recursive: true });
            fs.writeFileSync(data, "");
            vital.forEach(({ pid }) => process.kill(pid, "SIGKILL"));
            const { code, output } = await pulumi("destroy", "--exclude-protected", "--yes", "--skip-preview");
            assert.equal(code, 0, output);
            assert.deepEqual((await status()).clusters, []);
        });

        it("comes back with the next update, from the same vault, key and branch", async () => {
            const run = await start();
            assertReady(run);
            assert.deepEqual(run.report.git, { commits: 0, files: 0 });
            assert.equal(await head(), branch);
            assert.match(keyUri, /^https:\/\/.*\/keys\/sops\//m);
            assert.equal((await checkout.run("pulumi", "stack", "output", "keyVaultKey")).output, keyUri);
        });
    });

    describe("after all of this no secret stands", () => {
        let secrets: Record<string, readonly string[]>;

        before(async () => {
            const { GITHUB_TOKEN = "", ARM_CLIENT_SECRET = "" } = checkout.session().environment;
            const values = {
                GITHUB_TOKEN,
                ARM_CLIENT_SECRET,
                "private key": await secretOf("flux-system", "sops-gpg", "sops.asc"),
                "deploy key": await secretOf("flux-system", "flux-system", "identity"),
                "podinfo's secret": await secretOf("podinfo", "podinfo-credentials", "jwt-secret"),
            };
            secrets = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tracesOf(value)]));
        });

        it("in the output of a command", () => assert.deepEqual(textsIn(outputs.join("\n"), secrets), []));

        it("on a command line", () => {
            assert.ok([...commandLines.seen].some((line) => line.includes("kube-apiserver")));
            assert.deepEqual(textsIn([...commandLines.seen].join("\n"), secrets), []);
        });

        it("in the state, its history, or the stack's file", () => {
            for (const folder of ["pulumi", "stacks"]) {
                assert.deepEqual(filesWith(path.join(checkout.sandbox, folder), secrets), []);
            }
        });

        it("in a log of the engine, the background process, or a program of a cluster", () => {
            const logs = logsIn(checkout.sandbox);
            assert.ok(logs.includes(eventLog) && logs.length > 8);
            for (const log of logs) {
                assert.deepEqual(textsIn(fs.readFileSync(log, "utf8"), secrets), [], log);
            }
        });

        it("in the history of the fleet repository", () => {
            const { fleetRepositories } = checkout.session();
            const history = historyOf(path.join(fleetRepositories, "landfall-example", "fleet.git"));
            assert.match(history, /ENC\[AES256_GCM/);
            assert.deepEqual(textsIn(history, secrets), []);
        });
    });

    async function secretOf(namespace: string, name: string, key: string): Promise<string> {
        const { output } = await checkout.run("kubectl", "get", "secret", "-n", namespace, name, "-o", "json");
        const value = (JSON.parse(output) as { data: Record<string, string> }).data[key];
        assert.ok(value, `${name} has ${key}`);
        return Buffer.from(value, "base64").toString("utf8");
    }

    async function protectedResources(): Promise<string[]> {
        const { output } = await checkout.run("pulumi", "stack", "export");
        const { deployment } = JSON.parse(output) as {
            deployment: { resources: { urn: string; protect?: boolean }[] };
        };
        return deployment.resources.filter(({ protect }) => protect).map(({ urn }) => urn);
    }
});
