import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryPassword, VeleroServer, workload } from "../support/velero-server";

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

    it("reaches its container as the identity of its service account", async () => {
        await server.cluster.until(
            "the location",
            async () => (await server.velero("backup-location", "get")).includes("Available"),
            90_000,
        );
    });

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

    describe("the tree's test of restoring", () => {
        const folder = path.join(__dirname, "../../../../gitops/systems/velero");
        let tester: string;

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
            await new Promise((resolve) => setTimeout(resolve, 1100));
            const said = await server.velero(
                "backup",
                "create",
                `daily-${Date.now()}`,
                "--from-schedule",
                "daily",
                "--wait",
            );
            assert.match(said, /status: Completed/);
        }

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

const labels = { test: "yes" };
const app = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "app" } },
    {
        ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "app", labels } },
        data: { colour: "blue" },
    },
    {
        ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "app", labels } },
        stringData: { password: "of the app" },
    },
    { ...workload("web", "registry.example/web:1"), metadata: { name: "web", namespace: "app", labels } },
];

const settings = { metadata: { name: "settings", namespace: "valkey" }, data: { colour: "blue" } };
/** What the tree's test compares. */
const kept = {
    ...{ apiVersion: "v1", kind: "List" },
    items: [
        { apiVersion: "v1", kind: "ConfigMap", ...settings },
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "left-out", namespace: "valkey" } },
        {
            ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "valkey" } },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
    ],
};
