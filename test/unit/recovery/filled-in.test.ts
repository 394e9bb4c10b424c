import * as assert from "node:assert/strict";
import { filledIn } from "../../../components/recovery/filled-in";

describe("filledIn", () => {
    it("gives what is shown and was not asked for, at whatever depth", () => {
        const asked = { location: "westeurope", networkProfile: { serviceCidr: "172.20.0.0/16", profile: { a: 1 } } };
        const shown = {
            location: "westeurope",
            fqdn: "x.azmk8s.io",
            networkProfile: { serviceCidr: "172.21.0.0/16", serviceCidrs: ["172.20.0.0/16"], profile: { a: 2, b: 3 } },
        };
        assert.deepEqual(filledIn(asked, shown), ["fqdn", "networkProfile.serviceCidrs", "networkProfile.profile.b"]);
    });

    it("leaves lists and what was asked for alone, and what is asked for and not shown", () => {
        assert.deepEqual(filledIn({ pools: [{ name: "a" }], extra: true }, { pools: [{ name: "a", count: 1 }] }), []);
    });
});
