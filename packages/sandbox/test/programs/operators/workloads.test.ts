import * as assert from "node:assert/strict";
import type { V1Deployment, V1Service } from "@kubernetes/client-node";
import { OperatorCluster } from "../../../testing/operator-cluster";

interface Status {
    readonly status?: Readonly<Record<string, unknown>>;
}

/** Operators that make workloads. */
describe("in the sandbox", function () {
    this.timeout(60_000);
    let cluster: OperatorCluster;

    before(async () => {
        cluster = await OperatorCluster.start();
        await cluster.define({
            "clusters.postgresql.cnpg.io/v1": "Cluster",
            "scheduledbackups.postgresql.cnpg.io/v1": "ScheduledBackup",
            "objectstores.barmancloud.cnpg.io/v1": "ObjectStore",
            "canaries.flagger.app/v1beta1": "Canary",
            "prometheuses.monitoring.coreos.com/v1": "Prometheus",
            "schedules.velero.io/v1": "Schedule",
        });
        await cluster.namespace("apps");
    });

    after(() => cluster.stop());

    const statusOf = async (path: string) => (await cluster.api.find<Status>(path))?.status;
    const becomes = (path: string, field: string, value: unknown) =>
        cluster.until(`${path} ${field} ${String(value)}`, async () => (await statusOf(path))?.[field] === value);

    describe("CloudNativePG", () => {
        const path = "/apis/postgresql.cnpg.io/v1/namespaces/apps/clusters/database";
        const database = {
            ...{
                apiVersion: "postgresql.cnpg.io/v1",
                kind: "Cluster",
                metadata: { name: "database", namespace: "apps" },
            },
            spec: {
                instances: 2,
                storage: { size: "1Gi" },
                plugins: [{ name: "barman-cloud.cloudnative-pg.io", parameters: { barmanObjectName: "store" } }],
            },
        };

        before(async () => {
            await cluster.install("cnpg-system", "cloudnative-pg", "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0");
            await cluster.apply(database);
        });

        it("does not start a cluster whose plugin is not installed", async () => {
            const phase = "Cluster cannot proceed to reconciliation due to an unknown plugin being required";
            await becomes(path, "phase", phase);
            assert.equal(await cluster.secret("apps", "database-app"), undefined);
        });

        it("starts it once the plugin, its certificates and the object store are there", async () => {
            const annotations = { "cnpg.io/pluginPort": "9090", "cnpg.io/pluginClientSecret": "client" };
            await cluster.apply({
                ...{ apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 9090 }] } },
                metadata: { name: "barman-cloud", namespace: "cnpg-system", annotations },
            });
            await becomes(
                path,
                "phaseReason",
                `Unknown plugin: '${database.spec.plugins[0]?.name}': secrets "client" not found`,
            );
            const place = { name: "client", namespace: "cnpg-system" };
            await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: place });
            await cluster.apply({
                apiVersion: "barmancloud.cnpg.io/v1",
                ...{ kind: "ObjectStore", metadata: { name: "store", namespace: "apps" } },
            });
            await becomes(path, "phase", "Cluster in healthy state");
            assert.equal((await statusOf(path))?.readyInstances, 2);
        });

        it("gives an application its Secret, with the Service that it names", async () => {
            const secret = (await cluster.secret("apps", "database-app")) ?? {};
            assert.equal(secret.uri, `postgresql://app:${secret.password}@database-rw.apps:5432/app`);
            const service = await cluster.api.get<V1Service>("/api/v1/namespaces/apps/services/database-rw");
            assert.deepEqual(service.spec?.selector, {
                "cnpg.io/cluster": "database",
                "cnpg.io/instanceRole": "primary",
            });
        });

        it("starts an instance again on its own volume, with the same password", async () => {
            const password = (await cluster.secret("apps", "database-app"))?.password;
            const pod = "/api/v1/namespaces/apps/pods/database-2";
            const volume = "/api/v1/namespaces/apps/persistentvolumeclaims/database-2";
            const uid = async (each: string) =>
                (await cluster.api.find<{ metadata: { uid: string } }>(each))?.metadata.uid;
            const [oldPod, oldVolume] = [await uid(pod), await uid(volume)];
            await cluster.api.delete(pod);
            await cluster.until("another pod", async () => ![undefined, oldPod].includes(await uid(pod)));
            assert.equal(await uid(volume), oldVolume);
            assert.equal((await cluster.secret("apps", "database-app"))?.password, password);
        });

        it("says what is wrong with a scheduled backup", async () => {
            const backup = (schedule: string) => ({
                ...{ apiVersion: "postgresql.cnpg.io/v1", kind: "ScheduledBackup" },
                metadata: { name: "nightly", namespace: "apps" },
                spec: { schedule, cluster: { name: "database" } },
            });
            const nightly = "/apis/postgresql.cnpg.io/v1/namespaces/apps/scheduledbackups/nightly";
            await cluster.apply(backup("30 1 * * *"));
            await cluster.until("an error", async () =>
                String((await statusOf(nightly))?.error).includes("six fields"),
            );
            await cluster.apply(backup("0 30 1 * * *"));
            await becomes(nightly, "error", undefined);
        });
    });

    describe("Flagger", () => {
        const path = "/apis/flagger.app/v1beta1/namespaces/apps/canaries/web";
        const deployments = "/apis/apps/v1/namespaces/apps/deployments";
        const labels = { "app.kubernetes.io/name": "web" };
        const env = [{ name: "KEY", valueFrom: { secretKeyRef: { name: "key", key: "value" } } }];
        const web = (image: string) => ({
            ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "apps" } },
            spec: {
                selector: { matchLabels: labels },
                template: { metadata: { labels }, spec: { containers: [{ name: "web", image, env }] } },
            },
        });
        const primaryImage = async () =>
            (await cluster.api.find<V1Deployment>(`${deployments}/web-primary`))?.spec?.template.spec?.containers[0]
                ?.image;
        const key = (value: string) => ({
            ...{
                apiVersion: "v1",
                kind: "Secret",
                metadata: { name: "key", namespace: "apps" },
                stringData: { value },
            },
        });

        before(async () => {
            await cluster.apply(key("one"));
            await cluster.apply(web("web:1"));
            const canary = {
                targetRef: { kind: "Deployment", name: "web" },
                service: { port: 80, targetPort: "http" },
            };
            const object = {
                apiVersion: "flagger.app/v1beta1",
                kind: "Canary",
                metadata: { name: "web", namespace: "apps" },
            };
            await cluster.apply({ ...object, spec: canary }, "canaries");
            await cluster.install("flagger", "flagger", "ghcr.io/fluxcd/flagger:1.44.0");
        });

        it("initializes a canary: a primary that takes the traffic, and no pod of the Deployment itself", async () => {
            await becomes(path, "phase", "Initialized");
            const own = await cluster.api.get<V1Deployment>(`${deployments}/web`);
            assert.equal(own.spec?.replicas, 0);
            for (const [name, selected] of [
                ["web", "web-primary"],
                ["web-primary", "web-primary"],
                ["web-canary", "web"],
            ] as const) {
                const service = await cluster.api.get<V1Service>(`/api/v1/namespaces/apps/services/${name}`);
                assert.deepEqual(service.spec?.selector, { "app.kubernetes.io/name": selected });
            }
        });

        it("has the primary read copies of the Secrets, which follow theirs", async () => {
            const primary = await cluster.api.get<V1Deployment>(`${deployments}/web-primary`);
            const [container] = primary.spec?.template.spec?.containers ?? [];
            assert.equal(container?.env?.[0]?.valueFrom?.secretKeyRef?.name, "key-primary");
            assert.equal((await cluster.secret("apps", "key-primary"))?.value, "one");
            await cluster.apply(key("two"));
            await becomes(path, "phase", "Succeeded");
            assert.equal((await cluster.secret("apps", "key-primary"))?.value, "two");
        });

        it("promotes another image", async () => {
            await cluster.apply(web("web:2"));
            await cluster.until("the promotion", async () => (await primaryImage()) === "web:2");
        });
    });

    it("Prometheus Operator runs a Prometheus as a StatefulSet with its volume", async () => {
        await cluster.apply(
            {
                ...{
                    apiVersion: "monitoring.coreos.com/v1",
                    kind: "Prometheus",
                    metadata: { name: "main", namespace: "apps" },
                },
                spec: {
                    image: "quay.io/prometheus/prometheus:v3.0.0",
                    storage: {
                        volumeClaimTemplate: {
                            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
                        },
                    },
                },
            },
            "prometheuses",
        );
        await cluster.install("monitoring", "operator", "quay.io/prometheus-operator/prometheus-operator:v0.93.1");
        const path = "/apis/monitoring.coreos.com/v1/namespaces/apps/prometheuses/main";
        await cluster.condition(path, "Available", "True");
        const claim = "/api/v1/namespaces/apps/persistentvolumeclaims/prometheus-main-db-prometheus-main-0";
        assert.equal((await statusOf(claim))?.phase, "Bound");
    });

    it("Velero enables a schedule of five fields, and no other", async () => {
        await cluster.install("velero", "velero", "docker.io/velero/velero:v1.18.1");
        for (const [name, schedule, phase] of [
            ["daily", "30 2 * * *", "Enabled"],
            ["seconds", "0 30 2 * * *", "FailedValidation"],
        ] as const) {
            const metadata = { name, namespace: "velero" };
            await cluster.apply({ apiVersion: "velero.io/v1", kind: "Schedule", metadata, spec: { schedule } });
            await becomes(`/apis/velero.io/v1/namespaces/velero/schedules/${name}`, "phase", phase);
        }
    });

    it("ends what it does for an operator that is taken away", async () => {
        await cluster.api.delete("/apis/apps/v1/namespaces/velero/deployments/velero");
        const path = "/apis/velero.io/v1/namespaces/velero/schedules/late";
        await cluster.until("the end", async () => {
            const name = `late-${Date.now()}`;
            const metadata = { name, namespace: "velero" };
            await cluster.apply({
                apiVersion: "velero.io/v1",
                kind: "Schedule",
                metadata,
                spec: { schedule: "@daily" },
            });
            await new Promise((resolve) => setTimeout(resolve, 1000));
            return (await statusOf(path.replace("late", name))) === undefined;
        });
    });
});
