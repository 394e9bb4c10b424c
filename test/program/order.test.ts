import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { randomOf } from "../../tools/drill/random-of";
import { fluxStatus } from "../../tools/sandbox/flux-status";
import { Restarts } from "../support/chaos";
import { useCheckout } from "../support/checkout";
import { keepLayers, layerManifest, listedLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { difference, labelOf, objectsOfCluster } from "../support/cluster-objects";
import { smallTree } from "../support/small-tree";
import { until } from "../support/until";

const seed = Number(process.env.LANDFALL_SEED ?? 20261121);

/** More than the other tests have, so that most layers hold something; the whole tree takes longer. */
const systems = [
    ...smallTree,
    ...["external-secrets", "velero", "sealed-secrets", "flagger", "valkey"],
    ...["cloudnative-pg", "plugin-barman-cloud", "dapr"],
];

describe("the layers of a cluster", function () {
    const checkout = useCheckout(this, { systems });
    // A release that failed is tried again after longer and longer pauses.
    this.timeout(60 * 60_000);
    const cluster = new Cluster(checkout);
    let layers: string[];

    before("starts a cluster that applies one layer, the canary", async () => {
        layers = listedLayers(checkout);
        const restore = keepLayers(checkout, ["canary"]);
        await checkout.up();
        restore();
    });

    it(`become Ready when they come in reverse order and programs restart at random (seed ${seed})`, async () => {
        const { data } = await cluster.get<{ data: Record<string, string> }>({
            kind: "configmap",
            name: "cluster-vars",
        });
        const restarts = new Restarts(checkout.sandbox, randomOf(seed));
        for (const layer of [...layers].reverse()) {
            await apply(layer, data);
        }
        // From here on the releases install while their controllers are killed.
        await restarts.rounds(2);
        const killed = await restarts.stop();
        console.log(`      ${killed.length} restarts`);
        await untilReady();
    });

    it("belong to the root after the next update, which removes no object", async () => {
        const earlier = await objectsOfCluster(cluster.kubectl);
        assert.equal((await checkout.up()).git.commits, 1);
        const later = await objectsOfCluster(cluster.kubectl);
        assert.deepEqual(difference(earlier, later).map(labelOf), []);
    });

    /** Applies a layer as the root would; tries again while the API server is away. */
    async function apply(layer: string, variables: Readonly<Record<string, string>>): Promise<void> {
        const file = path.join(checkout.directory, `${layer}.yaml`);
        fs.writeFileSync(file, await layerManifest(checkout, layer, variables));
        await until(`the API server to take ${layer}`, () => cluster.answer("apply", "-f", file), /^kustomization\./);
    }

    async function untilReady(): Promise<void> {
        const look = async () => {
            // The API server may be starting again.
            const graph = await fluxStatus(checkout.sandbox, "staging").catch(() => undefined);
            const objects = graph?.objects ?? [];
            return { count: objects.length, waiting: objects.filter(({ ready }) => !ready) };
        };
        await until(
            "every object to be Ready",
            look,
            ({ count, waiting }) => count > layers.length && waiting.length === 0,
            30,
        );
    }
});
