import * as assert from "node:assert/strict";
import { grantRole, roleSlug, whenSpread } from "../../../components/azure/role-grant";
import * as roles from "../../../components/azure/roles";
import { armId } from "../../support/azure";
import { deploy, only, valueOf } from "../../support/deploy";
import { withoutWaiting } from "../../support/time";

const scope = armId("Microsoft.Network/dnsZones", "example.com");

function grant() {
    const principal = { objectId: "object", type: "User" } as const;
    return deploy(() => grantRole("grant", principal, { role: roles.reader, scope }, {}));
}

describe("grantRole", () => {
    it("says what kind of principal it is, so that a new identity is not looked up in vain", async () => {
        const { inputs } = only((await grant()).resources, "azure-native:authorization:RoleAssignment");
        assert.equal(inputs.principalType, "User");
        assert.equal(inputs.principalId, "object");
    });

    it("names the role in the subscription of the scope", async () => {
        const { inputs } = only((await grant()).resources, "azure-native:authorization:RoleAssignment");
        const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";
        const definitions = "providers/Microsoft.Authorization/roleDefinitions";
        assert.equal(inputs.roleDefinitionId, `${subscription}/${definitions}/${roles.reader.guid}`);
    });

    it("replaces the assignment when the role changes, and leaves its name to Azure's kind", async () => {
        const assignment = only((await grant()).resources, "azure-native:authorization:RoleAssignment");
        assert.deepEqual(assignment.replaceOnChanges, ["roleDefinitionId"]);
        assert.ok(!("roleAssignmentName" in assignment.inputs));
    });
});

describe("whenSpread", () => {
    /** The seconds that a program waits for an assignment of this age. */
    const waitedFor = (ageSeconds: number, preview = false) =>
        withoutWaiting(async (waited) => {
            const principal = { objectId: "object", type: "User" } as const;
            const createdOn = new Date(Date.now() - ageSeconds * 1000).toISOString();
            const program = () => whenSpread(grantRole("grant", principal, { role: roles.reader, scope }, {}), 60);
            const mocks = { "azure-native:authorization:RoleAssignment": () => ({ createdOn }) };
            const { result } = await deploy(program, mocks, { preview });
            assert.equal(await valueOf(result), "grant-id");
            return waited.filter((seconds) => seconds > 1).map(Math.round);
        });

    it("waits for what is left of the time that Azure takes, in an update only", async () => {
        assert.deepEqual(await waitedFor(20), [40]);
        assert.deepEqual(await waitedFor(61), []);
        assert.deepEqual(await waitedFor(20, true), []);
    });

    it("never waits for longer, whatever the clock says", async () => {
        assert.deepEqual(await waitedFor(-7200), [60]);
    });
});

describe("roles", () => {
    const all = Object.values(roles).filter((value): value is roles.Role => typeof value === "object");

    it("are GUIDs, each of one role", () => {
        for (const { guid } of all) {
            assert.match(guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        }
        assert.equal(new Set(all.map(({ guid }) => guid)).size, all.length);
    });

    it("have slugs that tell them apart", () => {
        assert.equal(roleSlug(roles.keyVaultCryptoUser), "key-vault-crypto-user");
        assert.equal(roleSlug(roles.acrPull), "acr-pull");
        assert.equal(new Set(all.map(roleSlug)).size, all.length);
    });

    it("never let anyone own or administer", () => {
        for (const { title } of all) {
            assert.doesNotMatch(title, /^(Owner|Contributor|User Access Administrator)$/);
        }
    });
});
