import * as assert from "node:assert/strict";
import { azureStack } from "../../support/azure-stack";
import { all, dependsOn, only, type Registered } from "../../support/deploy";
import { stacks } from "../../support/fixtures";
import { checkSchema, findType } from "@landfall/sandbox/testing";

const azure = /^azure-native:/;

for (const stack of stacks) {
    describe(`the Azure half of ${stack}`, () => {
        // Asked for by most tests, changed by none: one run serves them, since a run takes a second.
        let shared: Promise<readonly Registered[]> | undefined;
        const update = () => (shared ??= azureStack(stack));

        it("keeps to the schemas of Azure's own specifications", async () => {
            for (const { type, name, inputs } of (await update()).filter(({ type }) =>
                type.startsWith("azure-native:"),
            )) {
                const known = findType(type.replace(azure, ""));
                assert.ok(known, type);
                assert.doesNotThrow(() => checkSchema(known, inputs), name);
            }
        });

        it("gives every resource a parent that is one of its own components", async () => {
            for (const { type, name, parent } of (await update()).filter(({ type }) =>
                type.startsWith("azure-native:"),
            )) {
                assert.match(parent, /landfall:azure:/, `${type} ${name}`);
            }
        });

        it("has components that wait for nothing, so that nothing durable waits for the cluster", async () => {
            const resources = await update();
            for (const { type, inputs } of resources.filter(({ type }) => type.startsWith("landfall:"))) {
                assert.deepEqual(inputs, {}, type);
            }
            const cluster = only(resources, "azure-native:containerservice:ManagedCluster");
            for (const durable of resources.filter(({ retainOnDelete }) => retainOnDelete)) {
                assert.ok(!dependsOn(durable, cluster), durable.name);
            }
        });

        it("protects what cannot be made again, and that only", async () => {
            const durable = (await update()).filter(({ protect }) => protect);
            assert.deepEqual([...new Set(durable.map(({ type }) => type.replace(azure, "")))].sort(), [
                "containerregistry:Registry",
                "dns:Zone",
                "keyvault:Key",
                "keyvault:Secret",
                "keyvault:Vault",
                "managedidentity:UserAssignedIdentity",
                "resources:ResourceGroup",
                "storage:BlobContainer",
                ...(stack === "production" ? ["storage:BlobContainerImmutabilityPolicy"] : []),
                "storage:BlobServiceProperties",
                "storage:ManagementPolicy",
                "storage:StorageAccount",
            ]);
            for (const { retainOnDelete, name } of durable) {
                assert.equal(retainOnDelete, true, name);
            }
        });

        it("protects nothing once protection is off, and leaves keys, secrets and policies to go with what they are in", async () => {
            const resources = await azureStack(stack, { "landfall:protectDurable": false });
            assert.deepEqual(
                resources.filter(({ protect }) => protect),
                [],
            );
            const left = resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type);
            assert.deepEqual([...new Set(left)].sort(), [
                "azure-native:keyvault:Key",
                "azure-native:keyvault:Secret",
                ...(stack === "production" ? ["azure-native:storage:BlobContainerImmutabilityPolicy"] : []),
            ]);
        });

        it("puts nothing durable into the group that a rebuild deletes", async () => {
            for (const { inputs, name } of (await update()).filter(({ protect }) => protect)) {
                assert.equal(inputs.resourceGroupName, `landfall-${stack}-durable`, name);
            }
        });

        it("never grants a role on a subscription", async () => {
            for (const { inputs } of all(await update(), "azure-native:authorization:RoleAssignment")) {
                assert.match(String(inputs.scope), /\/resourceGroups\//);
            }
        });

        it("has no zone, and no identity that may write records, without a domain", async () => {
            const resources = await azureStack(stack, { "landfall:domain": "" });
            assert.deepEqual(all(resources, "azure-native:dns:Zone"), []);
            assert.deepEqual(
                resources.filter(({ name }) => name.endsWith("dns-zone-contributor")),
                [],
            );
        });

        it("is the same set of resources in a preview and in an update, and on every run", async () => {
            const names = async (preview: boolean) =>
                (await azureStack(stack, {}, preview)).map(({ urn }) => urn).sort();
            const [update, preview, again] = [await names(false), await names(true), await names(false)];
            assert.deepEqual(preview, update);
            assert.deepEqual(again, update);
        });
    });
}
