import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify, parse } from "yaml";
import { fluxGraph } from "../../tools/sandbox/flux-graph";
import { randomOf, restartAtRandom } from "../support/chaos";
import { renderTree } from "../../tools/tree/render";
import { clusterOf } from "../support/tree";
import { Checkout } from "../support/checkout";
import { difference, labelOf, objectsOfCluster } from "../support/cluster-objects";
import { smallTree } from "../support/small-tree";

const seed = Number(process.env.LANDFALL_SEED ?? 20261121);
const cluster = "gitops/clusters/staging/kustomization.yaml";

/** More than the other tests have, so that most layers hold something; the whole tree takes longer. */
const systems = [
    ...smallTree,
    ...["gateway-crds-helm", "external-secrets", "velero", "sealed-secrets", "flagger", "valkey"],
    ...["cloudnative-pg", "plugin-barman-cloud", "dapr"],
];

interface Kustomization {
    resources: string[];
}

describe("the layers of a cluster", function () {
    this.timeout(1_200_000);
    const checkout = new Checkout({ systems });
    let layers: string[];

    after(() => checkout.remove());

    const kubectl = async (...args: string[]) => {
        const { code, output } = await checkout.run("kubectl", ...args);
        assert.equal(code, 0, output);
        return output;
    };
    const edit = (file: string, change: (kustomization: Kustomization) => void) =>
        checkout.edit(file, (text) => {
            const kustomization = parse(text) as Kustomization;
            change(kustomization);
            return stringify(kustomization);
        });

    before("starts a cluster that follows the repository and applies nothing of it but the canary", async () => {
        const { resources } = parse(checkout.read(cluster)) as Kustomization;
        layers = resources.map((file) => path.basename(file, ".yaml"));
        const restore = edit(cluster, (kustomization) => (kustomization.resources = ["../base/canary.yaml"]));
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        restore();
    });

    it(`are all Ready in the end when they come in reverse order, with restarts at random (seed ${seed})`, async () => {
        const configMap = await kubectl("get", "configmap", "-n", "flux-system", "cluster-vars", "-o", "json");
        const { data } = JSON.parse(configMap) as { data: Record<string, string> };
        const begin = Date.now();
        const restarts = restartAtRandom(checkout.sandbox, randomOf(seed));
        const tree = await renderTree(checkout.path("gitops"), {
            environments: ["staging"],
            meshes: [data.service_mesh ?? ""],
            variables: data,
        });
        const rendered = clusterOf(tree, "staging").layers;
        for (const layer of [...layers].reverse()) {
            await untilTaken(rendered.find(({ name }) => name === layer)?.kustomization.object);
        }
        // Until here nothing may have been Ready; from here on the releases install while their controllers are killed.
        await sleep(60_000);
        const killed = await restarts.stop();
        const kinds = new Set(killed);
        assert.ok(kinds.has("kube-apiserver") && kinds.has("helm-controller"), killed.join(", "));
        await untilReady();
        console.log(`      ${killed.length} restarts, Ready after ${Math.round((Date.now() - begin) / 1000)} s`);
    });

    it("are taken over by the next update, which changes no object", async () => {
        const earlier = await objectsOfCluster(kubectl);
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.git.commits, 1);
        const later = await objectsOfCluster(kubectl);
        assert.deepEqual(difference(earlier, later).map(labelOf), []);
    });

    /** Applies a layer's Kustomization as the root would, also while the API server is away. */
    async function untilTaken(layer: object | undefined): Promise<void> {
        assert.ok(layer, "the tree has the layer");
        const file = checkout.path("../layer.yaml");
        fs.writeFileSync(file, stringify(layer));
        while ((await checkout.run("kubectl", "apply", "-f", file)).code !== 0) {
            await sleep(500);
        }
    }

    async function untilReady(): Promise<void> {
        const deadline = Date.now() + 900_000;
        for (;;) {
            const objects = (await fluxGraph(checkout.sandbox, "staging").catch(() => undefined))?.objects ?? [];
            const waiting = objects.filter(({ ready }) => !ready);
            if (objects.length > layers.length && waiting.length === 0) {
                return;
            }
            const states = waiting.map(({ kind, name, reason, message }) => `${kind} ${name}: ${reason}: ${message}`);
            assert.ok(Date.now() < deadline, states.join("\n"));
            await sleep(2000);
        }
    }
});
