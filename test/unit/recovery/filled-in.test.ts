import * as assert from "node:assert/strict";
import { filledIn } from "../../../components/recovery/filled-in";

describe("filledIn", () => {
    it("gives what is shown and was not asked for, at whatever depth", () => {
        const asked = { tier: "Free", networkProfile: { serviceCidr: "172.20.0.0/16", profile: { a: 1 } } };
        const shown = {
            tier: "Standard",
            fqdn: "x.azmk8s.io",
            networkProfile: { serviceCidr: "172.21.0.0/16", serviceCidrs: ["172.20.0.0/16"], profile: { a: 2, b: 3 } },
        };
        assert.deepEqual(filledIn(asked, shown), ["fqdn", "networkProfile.serviceCidrs", "networkProfile.profile.b"]);
    });

    it("gives what Azure spells in a way of its own, a list that it shows as a map among it", () => {
        const id = "/subscriptions/s/resourceGroups/durable/identities/a";
        const asked = { type: "nodeIP", identity: { list: [id] }, profile: { count: 1 } };
        const shown = { type: "NodeIP", identity: { list: { [id.toLowerCase()]: {} } }, profile: { count: 1, of: 2 } };
        assert.deepEqual(filledIn(asked, shown), ["type", "identity.list", "profile"]);
    });

    it("leaves lists that differ alone, and what is asked for and not shown", () => {
        assert.deepEqual(filledIn({ pools: [{ name: "a" }], extra: true }, { pools: [{ name: "b" }] }), []);
    });
});
