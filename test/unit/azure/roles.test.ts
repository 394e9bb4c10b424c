import * as assert from "node:assert/strict";
import * as roles from "../../../components/azure/roles";
import { UserError } from "../../../components/user-error";
import { armId } from "../../support/azure";
import { valueOf } from "../../support/deploy";

const all = Object.values(roles).filter((role): role is roles.Role => typeof role === "object");

describe("the roles", () => {
    it("each have a GUID of their own, and say why they are granted", () => {
        assert.equal(new Set(all.map(({ guid }) => guid)).size, all.length);
        for (const { title, guid, grantedSoThat } of all) {
            assert.match(guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, title);
            assert.match(grantedSoThat, /^[a-zA-Z].*[^.]$/, title);
        }
    });
});

describe("roleDefinitionId", () => {
    it("is in the subscription of the scope", async () => {
        const id = await valueOf(
            roles.roleDefinitionId(roles.acrPull, armId("Microsoft.ContainerRegistry/registries", "r")),
        );
        assert.equal(
            id,
            `/subscriptions/11111111-2222-3333-4444-555555555555/providers/Microsoft.Authorization/roleDefinitions/${roles.acrPull.guid}`,
        );
    });

    it("names the role and the scope when that is in no subscription", async () => {
        const definition = valueOf(roles.roleDefinitionId(roles.reader, "/providers/Microsoft.Management/x"));
        await assert.rejects(definition, (error: Error) => {
            return error instanceof UserError && error.message.startsWith("Reader cannot be granted on /providers");
        });
    });
});
