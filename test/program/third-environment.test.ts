import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { Checkout } from "../support/checkout";
import { KeyOwner } from "../support/key-owner";

/** The key that the sandbox gives to every stack. */
const demonstrationKey = "gitops/clusters/staging/.sops.pub.asc";

/** A third environment, as `npm run tree -- add environment` makes it, brought up by the program as it is. */
describe("an environment that is added", function () {
    this.timeout(480_000);
    const checkout = new Checkout();
    const owner = new KeyOwner(checkout);

    after(() => checkout.remove());

    it("comes up with the same layers as its model", async () => {
        assert.match(owner.tree("add", "environment", "qa", "--pgp-key", demonstrationKey), /Pulumi\.qa\.yaml/);
        const { code, output, report } = await checkout.start("qa");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
        const layers = report.flux.filter(({ kind }) => kind === "Kustomization").map(({ name }) => name);
        const list = parse(checkout.read("gitops/clusters/staging/kustomization.yaml")) as { resources: string[] };
        const expected = list.resources.map((file) => /([a-z-]+)\.yaml$/.exec(file)?.[1] ?? file);
        assert.deepEqual(layers.sort(), ["flux-system", ...expected].sort());
    });

    it("has Secrets of its own", async () => {
        const value = await owner.value("podinfo", "podinfo-credentials", "jwt-secret");
        assert.ok(value.length >= 40 && !value.startsWith("ENC["));
    });

    it("knows its name", async () => {
        const name = await owner.kubectl("get", "configmap", "-n", "flux-system", "cluster-vars", "-o", "yaml");
        assert.match(name, /^ {2}environment: qa$/m);
    });
});
