import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";
import { listedLayers, publicKey } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { KeyOwner } from "../support/key-owner";

/** A third environment, as `npm run tree -- add environment` makes it, brought up by the program as it is. */
describe("an environment that is added", function () {
    const checkout = useCheckout(this);
    const owner = new KeyOwner(checkout);
    const cluster = new Cluster(checkout, "qa");

    it("comes up with the same layers as its model", async () => {
        // The key of staging is the one that the sandbox gives to every stack.
        assert.match(owner.tree("add", "environment", "qa", "--pgp-key", publicKey), /Pulumi\.qa\.yaml/);
        const report = await checkout.up("qa");
        const layers = report.flux.filter(({ kind }) => kind === "Kustomization").map(({ name }) => name);
        assert.deepEqual(layers.sort(), ["flux-system", "gateway-api", ...listedLayers(checkout)].sort());
    });

    it("has Secrets that are not staging's", async () => {
        const value = await cluster.secret("podinfo", "podinfo-credentials", "jwt-secret");
        assert.ok(value.length >= 40 && !value.startsWith("ENC["));
    });

    it("knows its name", async () => {
        const { data } = await cluster.get<{ data: Record<string, string> }>({
            kind: "configmap",
            name: "cluster-vars",
        });
        assert.equal(data.environment, "qa");
    });
});
