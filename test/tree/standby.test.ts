import * as assert from "node:assert/strict";
import * as path from "node:path";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { renderTree } from "../../tools/tree/render";
import { manifestsOf } from "../../tools/tree/tree";
import { sampleVariables } from "../../tools/tree/variables";
import { clusterOf } from "../support/tree";

const root = path.join(__dirname, "../../gitops");

describe("the tree in a cluster that stands by", function () {
    this.timeout(60_000);

    for (const environment of environmentsIn(root)) {
        const standingBy = { standby: "true", external_dns_mode: "dry-run" };

        it(`builds in ${environment}, with no database, no backups and no records of its own`, async () => {
            const variables = { ...sampleVariables, environment, ...standingBy, database_bootstrap: "standby" };
            const tree = await renderTree(root, { environments: [environment], meshes: ["istio"], variables });
            assert.deepEqual(tree.failures, []);
            const objects = manifestsOf(clusterOf(tree, environment)).map(({ object }) => object);
            const named = (kind: string, name?: string) =>
                objects.filter(
                    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
                );
            for (const kind of ["Cluster", "ScheduledBackup"]) {
                assert.deepEqual(
                    named(kind).map(({ metadata }) => metadata.namespace),
                    [],
                    kind,
                );
            }
            assert.deepEqual(named("PrometheusRule", "postgresql"), []);
            const schedules = named("Schedule").filter(({ apiVersion }) => apiVersion?.startsWith("velero.io/"));
            assert.ok(schedules.length >= 2);
            for (const { metadata, spec } of schedules) {
                assert.equal((spec as { paused?: unknown }).paused, true, metadata.name);
            }
            const [dns] = named("HelmRelease", "external-dns");
            assert.ok(dns);
            const { extraArgs } = (dns.spec as { values: { extraArgs: string[] } }).values;
            assert.deepEqual(extraArgs, ["--dry-run"]);
        });
    }
});
