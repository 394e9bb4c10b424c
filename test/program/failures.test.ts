import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Report } from "../../tools/sandbox/report";
import { useCheckout } from "../support/checkout";
import { breakApps, podinfoDeployment, traefikRelease } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import type { Run } from "../support/command";
import { type Step, stepsIn } from "../support/engine-steps";
import { CommandLines, filesWith, historyOf, logsIn, textsIn, tracesOf } from "../support/leaks";

const stackFile = "Pulumi.staging.yaml";

/** What an update says that waited as long as it may. */
const timeIsUp = /is not ready after|\(landfall:readyTimeoutMinutes\)/;

/** The parts build on one another, so that two clusters are enough for all of them. */
describe("an update that goes wrong", function () {
    const checkout = useCheckout(this);
    const cluster = new Cluster(checkout);
    const eventLog = path.join(checkout.sandbox, "events-staging.json");
    const outputs: string[] = [];
    const commandLines = new CommandLines(checkout.directory);

    before(() => commandLines.start());
    after(() => commandLines.stop());

    async function kept<Result extends Run>(run: Promise<Result>): Promise<Result> {
        const result = await run;
        outputs.push(result.output);
        return result;
    }
    const start = () => kept(checkout.start("staging"));
    const pulumi = (...args: string[]) => kept(checkout.run("pulumi", ...args));

    function assertReady({ code, output, report }: Run & { report: Report }): void {
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
    }

    describe("a chart that refuses its values", () => {
        let restore: () => void;

        it("ends an update early, with the release, the reason and the cause", async () => {
            restore = checkout.edit(traefikRelease, (text) =>
                text.replace(/^  values:\n/m, "  values:\n    noSuchValue: 1\n"),
            );
            const { code, output, report } = await start();
            assert.equal(code, 1, output);
            assert.match(output, /HelmRelease flux-system\/traefik cannot become ready: InstallFailed: .*noSuchValue/s);
            assert.match(output, /probable cause: the chart refuses these values/);
            assert.doesNotMatch(output, timeIsUp);
            console.log(`      failed after ${(report.ms / 1000).toFixed(1)} s`, report.phases);
        });

        it("is Ready after the next update once its values are right", async () => {
            restore();
            const run = await start();
            assertReady(run);
            assert.deepEqual(run.report.git, { commits: 1, files: 2 });
        });
    });

    describe("another login of the deployer, which makes another kubeconfig for the same cluster", () => {
        it("updates the provider of the cluster, and replaces nothing", async () => {
            const log = path.join(checkout.directory, "events.json");
            const stack = path.join(checkout.sandbox, "stacks", stackFile);
            // `exec` also sets AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, which are left then.
            const login = ["env", "--unset=ARM_CLIENT_ID", "--unset=ARM_CLIENT_SECRET"];
            const update = ["pulumi", "up", "--yes", "--skip-preview", "--stack=staging", `--config-file=${stack}`];
            const run = await kept(checkout.run("exec", ...login, ...update, `--event-log=${log}`));
            assert.equal(run.code, 0, run.output);
            const steps = stepsIn(log);
            assert.equal(steps.find(({ type }) => type === "pulumi:providers:kubernetes")?.op, "update");
            assert.deepEqual(
                steps.filter(({ op }) => /replace|delete/.test(op)),
                [],
            );
            fs.rmSync(log);
        });
    });

    describe("a layer that kustomize cannot build", () => {
        it("ends an update early, with the layer, the reason and the cause", async () => {
            const restore = breakApps(checkout);
            const { code, output } = await start().finally(restore);
            assert.equal(code, 1, output);
            assert.match(output, /Kustomization flux-system\/apps cannot become ready: BuildFailed: .*noSuchField/s);
            assert.match(output, /probable cause: kustomize cannot build this path/);
            assert.doesNotMatch(output, timeIsUp);
        });
    });

    describe("a workload that never becomes ready", () => {
        it("ends an update when readyTimeoutMinutes are over, and is named", async () => {
            const restores = [
                checkout.edit(podinfoDeployment, (text) =>
                    text.replace(/^( +)containers:\n/m, "$1nodeSelector:\n$1  example.org/no-such: node\n$&"),
                ),
                // Enough for all other layers to be Ready at the new commit on a busy machine.
                checkout.edit(stackFile, (text) => `${text.trimEnd()}\n  landfall:readyTimeoutMinutes: 2\n`),
            ];
            const { code, output } = await start().finally(() => restores.forEach((restore) => restore()));
            assert.equal(code, 1, output);
            assert.match(
                output,
                /Kustomization flux-system\/apps is not ready after 2 minutes \(landfall:readyTimeoutMinutes\)/,
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
            replaced = stepsIn(eventLog).filter(({ op }) => op.includes("replace"));
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
            const before = [await checkout.azureResources(), (await checkout.status()).clusters];
            const { code, output } = await pulumi("destroy", "--yes");
            assert.notEqual(code, 0, output);
            assert.match(output, /cannot be deleted\s+because it is protected/);
            assert.deepEqual([await checkout.azureResources(), (await checkout.status()).clusters], before);
        });
    });

    describe("leaves no secret", () => {
        let secrets: Record<string, readonly string[]>;

        before(async () => {
            const { GITHUB_TOKEN = "", ARM_CLIENT_SECRET = "" } = checkout.session().environment;
            const values = {
                GITHUB_TOKEN,
                ARM_CLIENT_SECRET,
                "private key": await cluster.secret("flux-system", "sops-gpg", "sops.asc"),
                "deploy key": await cluster.secret("flux-system", "flux-system", "identity"),
                "podinfo's secret": await cluster.secret("podinfo", "podinfo-credentials", "jwt-secret"),
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

        it("of Azure's or GitHub's in the state, when it is shown", async () => {
            const state = await checkout.output("pulumi", "stack", "export", "--show-secrets");
            const kept = ["private key", "deploy key"];
            assert.deepEqual(textsIn(state, secrets), kept, "what Flux is given, and the program makes or is given");
            assert.doesNotMatch(state, /eyJ[\w-]+\.eyJ[\w-]+\./, "a token of Entra's");
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
            const history = historyOf(path.join(fleetRepositories, "landfall-example", "fleet-staging.git"));
            assert.match(history, /ENC\[AES256_GCM/);
            assert.deepEqual(textsIn(history, secrets), []);
        });
    });

    async function protectedResources(): Promise<string[]> {
        const { deployment } = JSON.parse(await checkout.output("pulumi", "stack", "export")) as {
            deployment: { resources: { urn: string; protect?: boolean }[] };
        };
        return deployment.resources.filter(({ protect }) => protect).map(({ urn }) => urn);
    }
});
