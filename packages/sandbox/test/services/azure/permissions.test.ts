import * as assert from "node:assert/strict";
import { roles } from "../../../testing/azure-cluster";
import { deployer, subscription as scope, TestSubscription } from "../../../testing/azure-subscription";

const west = { location: "westeurope" };
const fic = (subject: string) => ({
    issuer: "https://issuer.example/",
    subject,
    audiences: ["api://AzureADTokenExchange"],
});

describe("the Azure stand-in's permissions", () => {
    let subscription: TestSubscription;

    beforeEach(async () => {
        subscription = new TestSubscription();
        await subscription.make("resources:ResourceGroup", {}, west);
    });

    describe("federated credentials", () => {
        const parameters = (name: string) => ({
            resourceName: "identity",
            federatedIdentityCredentialResourceName: name,
        });
        const write = (name: string, subject: string) =>
            subscription.put("managedidentity:FederatedIdentityCredential", parameters(name), fic(subject));

        beforeEach(() => subscription.make("managedidentity:UserAssignedIdentity", { resourceName: "identity" }, west));

        it("refuses writes at the same time on one identity", async () => {
            const answers = await Promise.all([write("one", "a"), write("two", "b")]);
            assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
            assert.ok(
                answers.some(
                    ({ code }) => code === "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
                ),
            );
        });

        it("refuses the same issuer and subject twice", async () => {
            await write("one", "a");
            assert.match((await write("two", "a")).message, /Issuer and subject combination already exists/);
        });

        it("refuses the twenty-first", async function () {
            this.timeout(10_000);
            for (let index = 0; index < 20; index++) {
                assert.equal((await write(`cred-${index}`, `subject-${index}`)).status, 201);
            }
            assert.equal((await write("one-too-many", "z")).code, "FederatedIdentityCredentialsLimitExceeded");
        });
    });

    describe("role assignments", () => {
        let principalId: unknown;

        beforeEach(async () => {
            const identity = await subscription.make(
                "managedidentity:UserAssignedIdentity",
                { resourceName: "identity" },
                west,
            );
            principalId = identity.principalId;
        });

        it("refuses the SDK's default type, User, for an identity", async () => {
            assert.equal(
                (await subscription.assign(principalId, roles.reader, scope, "User")).code,
                "UnmatchedPrincipalType",
            );
        });

        it("does not find a new identity whose type is not said", async () => {
            assert.equal((await subscription.assign(principalId, roles.reader, scope, "")).code, "PrincipalNotFound");
        });

        it("refuses a role that does not exist", async () => {
            const refused = await subscription.assign(principalId, "99999999-9999-4999-8999-999999999999", scope);
            assert.equal(refused.code, "RoleDefinitionDoesNotExist");
        });

        it("refuses the same principal, role and scope under another name", async () => {
            assert.equal((await subscription.assign(principalId, roles.reader, scope)).status, 201);
            assert.equal((await subscription.assign(principalId, roles.reader, scope)).code, "RoleAssignmentExists");
        });

        it("refuses a change of the role", async () => {
            const { body } = await subscription.assign(principalId, roles.reader, scope);
            const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roles.networkContributor}`;
            const changed = { principalId, roleDefinitionId, principalType: "ServicePrincipal" };
            const refused = await subscription.arm("PUT", String(body.id), changed, "2022-04-01");
            assert.equal(refused.code, "RoleAssignmentUpdateNotPermitted");
        });

        it("holds a lesser deployer to its roles", async () => {
            const lesser = new TestSubscription({ deployer: { ...deployer, roles: ["Contributor"] } });
            await lesser.make("resources:ResourceGroup", {}, west);
            const refused = await lesser.assign(deployer.objectId, roles.reader, scope);
            assert.deepEqual([refused.status, refused.code], [403, "AuthorizationFailed"]);
        });
    });
});
