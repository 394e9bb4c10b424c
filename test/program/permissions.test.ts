import * as assert from "node:assert/strict";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { minimalRoles, readDeployerRole } from "@landfall/sandbox";

const role = readDeployerRole(path.join(__dirname, "../.."));

describe("a deployer without one of its roles", function () {
    const checkout = useCheckout(this);

    /** The actions that an update with these roles is refused. */
    const refusedActions = async (roles: string) => {
        const { code, output } = await checkout.start("staging", "--deployer-roles", roles);
        assert.equal(code, 1, output);
        const found = [...output.matchAll(/AuthorizationFailed.*perform action '([^']+)'/g)];
        return [...new Set(found.map(([, action]) => action))];
    };

    it("previews a new stack as a Reader, and makes nothing in Azure", async () => {
        assert.deepEqual(await refusedActions("Reader"), ["Microsoft.Resources/subscriptions/resourceGroups/write"]);
        await checkout.output("pulumi", "preview");
        assert.deepEqual(
            (await checkout.azureResources()).filter((type) => !type.startsWith("Microsoft.Authorization/role")),
            [],
        );
    });

    it("learns from up which action it may not do; the state holds what was made, and up completes once it may", async () => {
        const without = minimalRoles(role)
            .filter((role) => !role.startsWith("Role Based"))
            .join(",");
        assert.deepEqual(await refusedActions(without), ["Microsoft.Authorization/roleAssignments/write"]);
        const refresh = await checkout.output("pulumi", "refresh", "--yes", "--skip-preview");
        assert.doesNotMatch(refresh, /azure-native:\S+ \S+ (updated|deleted)/);
        const { update, replace, delete: gone, same } = (await checkout.up()).changes;
        assert.deepEqual([update, replace, gone], [0, 0, 0]);
        assert.ok(same > 5, "what was made before the refusal is taken as it is");
    });
});
