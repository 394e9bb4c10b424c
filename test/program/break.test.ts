import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";
import { until } from "../support/until";

/** The three commands of the README that break something, one after the other in one stack, and the one that mends. */
describe("npm run sandbox -- break", function () {
    const checkout = useCheckout(this);

    before(() => checkout.up());

    /** What `npm run status` says, once it says this. */
    const status = (cause: RegExp) =>
        until("its cause", async () => (await checkout.run("status")).stdout.replace(/\s+/g, " "), cause);

    it("chart: status names the version that does not exist, and what waits for it", async () => {
        assert.match(await checkout.output("break", "chart"), /version 99\.0\.0 of Traefik/);
        await status(/✗ OCIRepository flux-system\/traefik .* cause the chart, or this version of it, does not exist/);
    });

    it("chart, once more: is refused", async () => {
        const { code, output } = await checkout.run("break", "chart");
        assert.equal(code, 1);
        assert.match(output, /broken already; npm run sandbox -- mend/);
    });

    it("identity: status names the federated credential", async () => {
        await checkout.output("break", "identity");
        await status(
            /✗ Kustomization flux-system\/canary .* cause the federated credential flux-system-kustomize-controller-\w+ of kustomize-controller's identity is missing/,
        );
    });

    it("key: status names the Secret", async () => {
        await checkout.output("break", "key");
        await status(/✗ Kustomization flux-system\/canary .* cause Secret flux-system\/sops-gpg is missing/);
    });

    it("mend: puts all of it right", async () => {
        assert.match(await checkout.output("mend"), /Reverted 1 commit/);
        await until(
            "everything to be well",
            async () => (await checkout.run("status")).stdout,
            /^Stack staging: healthy/,
        );
    });
});
