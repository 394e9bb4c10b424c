import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureToolchain } from "@landfall/toolchain";
import type { Chart } from "../../charts/chart";
import { generateCharts } from "../../charts/charts";
import { OperatorCluster } from "../../testing/operator-cluster";

/** The share of a Secret's MiB was measured with the published charts: `releaseRecord` of their chart.yaml. */
describe("Helm's record of a release", function () {
    this.timeout(60_000);
    let cluster: OperatorCluster;
    let charts: Chart[];
    let helm: string;
    let directory: string;

    before(async () => {
        const { binaries, fluxOperatorSource } = await ensureToolchain({ log: (line) => console.error(line) });
        helm = join(binaries, "helm");
        directory = await mkdtemp(join(tmpdir(), "landfall-records-"));
        charts = await generateCharts(fluxOperatorSource);
        cluster = await OperatorCluster.start();
    });

    after(async () => {
        await cluster.stop();
        await rm(directory, { recursive: true });
    });

    it("takes as much of a Secret as the published chart's", async () => {
        await install("linkerd-crds");
        const { data } = await cluster.api.get<{ data: { release: string } }>(
            "/api/v1/namespaces/default/secrets/sh.helm.release.v1.linkerd-crds.v1",
        );
        const share = (Buffer.from(data.release, "base64").length / 2 ** 20) * 100;
        assert.ok(Math.abs(share - 41) < 3, `${share} %`);
    });

    it("does not fit into one where the published chart's does not", async () => {
        await assert.rejects(install("gateway-crds-helm"), /Too long: may not be more than 1048576/);
    });

    async function install(name: string): Promise<void> {
        const archive = join(directory, `${name}.tgz`);
        await writeFile(archive, charts.find((chart) => chart.name === name)!.archive);
        const env = { ...process.env, KUBECONFIG: cluster.cluster.adminKubeconfig, HELM_CACHE_HOME: directory };
        await promisify(execFile)(helm, ["install", name, archive, "--namespace", "default"], { env });
    }
});
