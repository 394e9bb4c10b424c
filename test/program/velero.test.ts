import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { claimsIn } from "../../components/azure/recovery-points";
import { bringBack, keepClaims } from "../../components/recovery/restored-volumes";
import { VolumeCluster } from "../../components/recovery/volume-cluster";
import { app, backupOf, kept, other, store } from "../support/velero-objects";
import { repositoryPassword, VeleroServer } from "@landfall/sandbox/testing";

/**
 * Velero's own server and command, with its workload identity and its roles against the sandbox's blob storage. Volumes
 * need a kubelet: what is moved from them is not proved here.
 */
describe("Velero", function () {
    this.timeout(15 * 60_000);
    let server: VeleroServer;

    before(async () => {
        server = await VeleroServer.start();
    });

    after(() => server?.stop());

    const reachesContainer = () =>
        server.cluster.until(
            "the location",
            async () => (await server.velero("backup-location", "get")).includes("Available"),
            90_000,
        );

    it("reaches its container as the identity of its service account", reachesContainer);

    it("leaves the repository's password that the tree brings", async () => {
        assert.deepEqual(await server.cluster.secret("velero", "velero-repo-credentials"), {
            "repository-password": repositoryPassword,
        });
    });

    it("brings back a namespace that is gone as it was, and what of it is there stays", async () => {
        await server.kubectl(
            "apply",
            "-f",
            server.file("app.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: app })),
        );
        const before = await objects();
        assert.match(
            await server.velero("backup", "create", "one", "--include-namespaces", "app", "--wait"),
            /status: Completed/,
        );
        await server.kubectl("delete", "namespace", "app", "--wait=true");
        assert.deepEqual(await objects(), []);
        await restore("one");
        assert.deepEqual(await objects(), before);
        await server.kubectl("patch", "configmap", "settings", "-n", "app", "-p", '{"data":{"colour":"green"}}');
        await restore("two");
        const colour = await server.kubectl(
            "get",
            "configmap",
            "settings",
            "-n",
            "app",
            "-o",
            "jsonpath={.data.colour}",
        );
        assert.equal(colour, "green");
    });

    it("lets its logs and details be read by signed links", async () => {
        assert.match(await server.velero("backup", "logs", "one"), /Backed up \d+ items|Backed up a total of/);
        const details = await server.velero("backup", "describe", "one", "--details");
        assert.match(details, /Resource List:[\s\S]*v1\/Secret:\n\s+- app\/login/);
        assert.match(await server.velero("restore", "logs", "one"), /Restored \d+ items|restore completed/i);
    });

    describe("a rebuild", () => {
        const backup = "volumes";
        const claims = ["stores/data-store-0"];
        const volumes = { backup, claims };
        const claim = () => server.kubectl("get", "persistentvolumeclaims", "-n", "stores", "-o", "json");
        let cluster: VolumeCluster;

        before("backs up a store, and loses it", async () => {
            cluster = new VolumeCluster(server.adminKubeconfig());
            await makeStore();
            await server.cluster.until("the claim", async () => (await claim()).includes("data-store-0"));
            await reachesContainer();
            const said = await server.velero("backup", "create", backup, "--include-namespaces", "stores", "--wait");
            assert.match(said, /status: Completed/);
            await server.kubectl("delete", "namespace", "stores", "--wait=true");
        });

        it("reads from the backup which volumes there are", async () => {
            assert.deepEqual(await server.readContainer((access) => claimsIn(access, backup)), claims);
        });

        it("lets nobody make their claims before Velero, and others be made", async () => {
            await keepClaims(cluster, volumes);
            await makeStore();
            await server.cluster.until("the refusal", async () =>
                (await server.kubectl("get", "events", "-n", "stores")).includes(
                    `Velero brings this claim back from backup ${backup}`,
                ),
            );
            assert.deepEqual((JSON.parse(await claim()) as { items: unknown[] }).items, []);
            await server.kubectl(
                "create",
                "--namespace",
                "stores",
                "-f",
                server.file("other.json", JSON.stringify(other)),
            );
        });

        it("has Velero bring them back, after which the workload starts with them", async () => {
            const said: string[] = [];
            await bringBack(cluster, volumes, { say: (line) => said.push(line), isOver: () => false });
            assert.match(said.join("\n"), /brought back 1 volumes of backup volumes: stores\/data-store-0/);
            const labels = "jsonpath={.metadata.labels.velero\\.io/backup-name}";
            const get = ["get", "persistentvolumeclaim", "data-store-0", "-n", "stores", "-o", labels];
            assert.equal(await server.kubectl(...get), backup);
            await server.cluster.until(
                "the pod",
                async () => (await server.kubectl("get", "pods", "-n", "stores")).includes("store-0"),
                60_000,
            );
        });

        it("lets go of them then, also when it is run again", async () => {
            await keepClaims(cluster, volumes);
            await isLetGo();
        });

        it("says that Velero cannot, keeps the claims, and asks it anew the next time", async () => {
            const lost = { backup: "lost", claims };
            const patience = { say: () => undefined, isOver: () => false };
            await server.kubectl("create", "-f", server.file("lost.json", JSON.stringify(backupOf("lost"))));
            await keepClaims(cluster, lost);
            for (const attempt of [1, 2]) {
                await assert.rejects(
                    () => bringBack(cluster, lost, patience),
                    /Velero cannot bring back 1 volumes of backup lost \(\w*Fail\w+\).*--without-volumes/,
                    String(attempt),
                );
                assert.equal(await cluster.isKept(), true);
            }
            await keepClaims(cluster, { ...lost, claims: [] });
            await isLetGo();
        });

        /** The API server enforces a policy for a moment after it is gone. */
        const isLetGo = () => server.cluster.until("the end of the policy", async () => !(await cluster.isKept()));

        async function makeStore(): Promise<void> {
            await server.kubectl("apply", "-f", server.file("store.json", JSON.stringify(store)));
        }
    });

    describe("the tree's test of restoring", () => {
        const folder = path.join(__dirname, "../../gitops/systems/velero");
        let tester: string;
        let backups = 0;

        before("makes what the tree has, and what is to be compared", async () => {
            await server.cluster.namespace("valkey");
            for (const name of ["namespace", "access", "policy", "script"]) {
                await server.kubectl("apply", "-f", path.join(folder, `restore-test/${name}.yaml`));
            }
            const daily = fs.readFileSync(path.join(folder, "daily.yaml"), "utf8").replace("${standby}", "false");
            await server.kubectl("apply", "-f", server.file("daily.yaml", daily));
            await server.kubectl("apply", "-f", server.file("kept.json", JSON.stringify(kept)));
            tester = await server.kubeconfig("restore-test");
            await server.cluster.until("the policy", async () => !(await may("pods")), 30_000);
        });

        it("may restore nothing else", async () => {
            assert.equal(await may("configmaps"), true);
            assert.equal(await may("secrets"), false);
        });

        it("fails without a backup, with one that is too old, and with one in which something is missing or different", async () => {
            assert.match(await refused(), /schedule daily has no good backup/);
            await backUp();
            assert.match(
                await refused({ MAX_AGE_HOURS: "0" }),
                /the newest good backup, \S+, is of .* older than 0 hours/,
            );
            await change("left-out", "metadata", { labels: { "velero.io/exclude-from-backup": "true" } });
            await backUp();
            assert.match(await refused(), /brings back no configmaps left-out/);
            await server.kubectl("delete", "configmap", "left-out", "-n", "valkey");
            await change("settings", "data", { colour: "red" });
            // As if nobody had changed it since the backup.
            await change("settings", "metadata", { managedFields: [{}] });
            assert.match(await refused(), /brings back configmaps settings with another content/);
        });

        it("restores the newest backup beside what is there, compares, and cleans up", async () => {
            await backUp();
            assert.match(await test(), /backup daily-\d+ of \S+ was restored, and [23] objects compared/);
            const left = await server.kubectl(
                "get",
                "configmaps,pvc",
                "-n",
                "restore-test",
                "-l",
                "velero.io/restore-name",
            );
            assert.equal(left.trim(), "");
        });

        /** In a second of its own: times have no fractions. */
        async function backUp(): Promise<void> {
            const asked = second();
            await server.cluster.until("the next second", () => Promise.resolve(second() !== asked));
            const name = `daily-${++backups}`;
            const said = await server.velero("backup", "create", name, "--from-schedule", "daily", "--wait");
            assert.match(said, /status: Completed/);
        }

        const second = () => new Date().toISOString().slice(0, 19);
        const script = async () =>
            server.file(
                "restore-test.sh",
                await server.kubectl(
                    ...["get", "configmap", "restore-test", "-n", "velero"],
                    ...["-o", "jsonpath={.data.restore-test\\.sh}"],
                ),
            );

        async function test(variables: Readonly<Record<string, string>> = {}): Promise<string> {
            const own = { KUBECONFIG: tester, NAMESPACE: "valkey", MAX_AGE_HOURS: "26", ...variables };
            return server.run("/bin/sh", [await script()], own);
        }

        async function refused(variables: Readonly<Record<string, string>> = {}): Promise<string> {
            return test(variables).then(
                (said) => assert.fail(`the test did not fail: ${said}`),
                (error: Error) => error.message,
            );
        }

        async function change(name: string, part: string, value: object): Promise<void> {
            const patch = JSON.stringify({ [part]: value });
            await server.kubectl("patch", "configmap", name, "-n", "valkey", "--type", "merge", "--patch", patch);
        }

        /** Whether the tester may restore such things. */
        async function may(resource: string): Promise<boolean> {
            const spec = {
                ...{ backupName: "none", includedNamespaces: ["valkey"], includedResources: [resource] },
                namespaceMapping: { valkey: "restore-test" },
            };
            const metadata = { name: "tried", namespace: "velero" };
            const restore = server.file(
                "tried.json",
                JSON.stringify({ apiVersion: "velero.io/v1", kind: "Restore", metadata, spec }),
            );
            return server.run("kubectl", ["create", "--dry-run=server", "-f", restore], { KUBECONFIG: tester }).then(
                () => true,
                (error: Error) => {
                    assert.match(error.message, /and nothing else/);
                    return false;
                },
            );
        }
    });

    async function restore(name: string): Promise<void> {
        const said = await server.velero("restore", "create", name, "--from-backup", "one", "--wait");
        assert.match(said, /status: Completed/, await server.velero("restore", "describe", name));
    }

    /** ConfigMap, Secret and Deployment of the namespace, without what an API server adds. */
    async function objects(): Promise<unknown[]> {
        const list = JSON.parse(
            await server.kubectl("get", "configmaps,secrets,deployments", "-n", "app", "-l", "test=yes", "-o", "json"),
        ) as { items: { kind: string; metadata: { name: string }; data?: object; spec?: object }[] };
        return list.items.map(({ kind, metadata: { name }, data, spec }) => ({ kind, name, data, spec }));
    }
});
