import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";

describe("a deployer without one of its roles", function () {
    const checkout = useCheckout(this);

    before("gives the deployer a role without one action, which no check looks for beforehand", () => {
        checkout.edit("docs/deployer-role.json", (text) =>
            text.replace(/ +"Microsoft.KeyVault\/vaults\/write",\n/, ""),
        );
    });

    it("previews a new stack as a Reader, and hears from up what it may not do before anything is made", async () => {
        const { code, output } = await checkout.start("staging", "--deployer-roles", "Reader");
        assert.equal(code, 1, output);
        const lacking = ["Resources/subscriptions/resourceGroups", "ContainerService/managedClusters"];
        const actions = [...lacking, "Authorization/roleAssignments"].map((type) => `Microsoft.${type}/write`);
        assert.ok(output.includes(`the deployer may not do ${actions.join(", ")} on /subscriptions/`), output);
        assert.match(output, /nothing was changed/);
        await checkout.output("pulumi", "preview");
        assert.deepEqual(
            (await checkout.azureResources()).filter((type) => !type.startsWith("Microsoft.Authorization/role")),
            [],
        );
    });

    it("learns from up which action it may not do; the state holds what was made, and up completes once it may", async () => {
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 1, output);
        const found = [...output.matchAll(/AuthorizationFailed.*perform action '([^']+)'/g)];
        assert.deepEqual([...new Set(found.map(([, action]) => action))], ["Microsoft.KeyVault/vaults/write"]);
        const refresh = await checkout.output("pulumi", "refresh", "--yes", "--skip-preview");
        assert.doesNotMatch(refresh, /azure-native:\S+ \S+ (updated|deleted)/);
        const roles = "Contributor,Role Based Access Control Administrator";
        const { report } = await checkout.start("staging", "--deployer-roles", roles);
        const { update, replace, delete: gone, same } = report.changes;
        assert.deepEqual([report.ready, update, replace, gone], [true, 0, 0, 0]);
        assert.ok(same > 5, "what was made before the refusal is taken as it is");
    });
});
