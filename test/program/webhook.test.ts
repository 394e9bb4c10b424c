import * as assert from "node:assert/strict";
import { fluxStatus } from "../../tools/sandbox/flux-status";
import { useCheckout } from "../support/checkout";
import { keepLayers, listedLayers } from "../support/checkout-tree";
import { Cluster, type Condition } from "../support/cluster";
import { FleetPushes } from "../support/fleet-pushes";
import { podinfoTag } from "../support/podinfo-tag";
import { smallTree } from "../support/small-tree";
import { until } from "../support/until";

interface Source {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly status: { readonly lastHandledReconcileAt?: string; readonly artifact?: { readonly revision: string } };
}

interface Layer {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions: readonly Condition[]; readonly lastAppliedRevision?: string };
}

/**
 * Flux's Receiver for the fleet repository, and what a push moves. The test sends requests to the address on which the
 * controller listens. It does not prove that they get there through the Ingress and Flux's network policy.
 */
describe("GitHub's webhook", function () {
    const checkout = useCheckout(this, { systems: [...smallTree, "chaos-mesh"] });
    const cluster = new Cluster(checkout);
    const pushes = new FleetPushes(checkout, cluster);
    let token: string;

    before("starts staging without the system that is broken later", async () => {
        keepLayers(
            checkout,
            listedLayers(checkout).filter((name) => !name.startsWith("chaos")),
        );
        await checkout.up();
        token = await pushes.webhookToken();
    });

    it("is refused with a wrong signature, and Flux is not asked to fetch", async () => {
        const before = requestOf(await source());
        assert.equal(await pushes.post("another token"), 400);
        assert.equal(requestOf(await source()), before);
    });

    it("has Flux fetch at once what was pushed", async () => {
        const before = requestOf(await source());
        const commit = pushes.commit();
        assert.equal(await pushes.post(token), 200);
        // The source looks every minute by itself too, so the request is what tells.
        const request = requestOf(await source());
        assert.notEqual(request, before);
        const { status } = await until(
            "Flux to fetch",
            source,
            (seen) => seen.status.lastHandledReconcileAt === request,
        );
        assert.ok(status.artifact?.revision.endsWith(commit), status.artifact?.revision);
    });

    it("brings what was pushed for an app to the app alone, while another system is broken", async () => {
        pushes.commit(
            ["systems/chaos-mesh/release.yaml", /version: \S+/, "version: 99.0.0"],
            ["clusters/staging/kustomization.yaml", "resources:\n", "resources:\n  - ../base/chaos.yaml\n"],
        );
        assert.equal(await pushes.post(token), 200);
        const chaos = () => cluster.get<Layer>({ kind: "kustomization", name: "chaos" });
        const isReady = ({ status }: Layer) => status.conditions.some((c) => c.type === "Ready" && c.status === "True");
        await until(
            "the broken layer",
            () => cluster.message({ kind: "helmchart", name: "flux-system-chaos-mesh" }, "Ready", "False"),
            /99\.0\.0/,
        );
        const before = await revisions();

        const started = performance.now();
        const commit = pushes.commit([podinfoTag.file, podinfoTag.value, "6.13.0"]);
        assert.equal(await pushes.post(token), 200);
        const image = ["get", "deployment", "podinfo", "-n", "podinfo", "-o", "jsonpath={..containers[0].image}"];
        await until("the app's new version", () => cluster.kubectl(...image), /:6\.13\.0$/);
        console.log(`      applied after ${((performance.now() - started) / 1000).toFixed(1)} s`);

        // Every artifact is made of the commit, and one of them has another content.
        const seen = await until(
            "every layer but the broken one to be Ready at the commit",
            () => fluxStatus(checkout.sandbox, "staging"),
            (status) => status?.blockers.every(({ name }) => /^chaos|-chaos-mesh$/.test(name)) === true,
        );
        assert.ok(seen?.objects.some(({ name, revision }) => name === "flux-system" && revision.endsWith(commit)));
        assert.equal(isReady(await chaos()), false);
        const after = await revisions();
        const moved = [...after].filter(([name, revision]) => before.get(name) !== revision).map(([name]) => name);
        assert.deepEqual(moved.sort(), ["apps", "flux-system"]);
    });

    /** What each layer has applied, by its name. */
    async function revisions(): Promise<Map<string, string | undefined>> {
        const list = await cluster.kubectl("get", "kustomizations", "-n", "flux-system", "-o", "json");
        const { items } = JSON.parse(list) as { items: Layer[] };
        return new Map(items.map(({ metadata, status }) => [metadata.name, status.lastAppliedRevision]));
    }

    const source = () => cluster.get<Source>({ kind: "gitrepository", name: "flux-system" });
    const requestOf = ({ metadata }: Source) => metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
});
