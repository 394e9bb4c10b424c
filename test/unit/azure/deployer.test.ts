import * as assert from "node:assert/strict";
import { currentDeployer, principalTypeOf } from "../../../components/azure/deployer";
import { deploy } from "../../support/deploy";

function token(claims: object): string {
    return ["{}", JSON.stringify(claims), ""].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

const config = { clientId: "client", objectId: "object", subscriptionId: "subscription", tenantId: "tenant" };

describe("currentDeployer", () => {
    it("is who the Azure provider is logged in as", async () => {
        const { result } = await deploy(currentDeployer, {
            "azure-native:authorization:getClientConfig": () => config,
            "azure-native:authorization:getClientToken": () => ({ token: token({ scp: "user_impersonation" }) }),
        });
        const expected = { objectId: "object", subscriptionId: "subscription", tenantId: "tenant" };
        assert.deepEqual(result, { ...expected, principalType: "User" });
    });
});

describe("principalTypeOf", () => {
    it("is a user where the token was issued on behalf of one", () => {
        assert.equal(principalTypeOf(token({ oid: "1", scp: "user_impersonation" })), "User");
    });

    it("is a service principal for applications and managed identities", () => {
        assert.equal(principalTypeOf(token({ oid: "1", idtyp: "app" })), "ServicePrincipal");
    });

    it("is a service principal where the token cannot be read", () => {
        for (const text of ["", "opaque", "a.b.c", token([])]) {
            assert.equal(principalTypeOf(text), "ServicePrincipal");
        }
    });
});
