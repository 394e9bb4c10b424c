import * as assert from "node:assert/strict";
import { BackupStorage } from "../../../components/azure/backup-storage";
import { azureMocks } from "../../support/azure";
import { all, dependsOn, deploy, only, valueOf } from "../../support/deploy";

const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const service = "azure-native:storage:BlobServiceProperties";
const immutability = "azure-native:storage:BlobContainerImmutabilityPolicy";
const policyType = "azure-native:storage:ManagementPolicy";

function storage(immutableDays = 14) {
    const args = {
        resourceGroupName: "group",
        location: "westeurope",
        accountName: "backups",
        containers: ["velero", "postgresql", "loki"],
        redundancy: "GZRS",
        retentionDays: 35,
        immutableDays,
        protect: true,
    } as const;
    return deploy(() => new BackupStorage("backups", args), azureMocks);
}

describe("BackupStorage", () => {
    it("is closed to keys, to the public and to plain HTTP", async () => {
        const { inputs } = only((await storage()).resources, account);
        assert.equal(inputs.allowSharedKeyAccess, false);
        assert.equal(inputs.allowBlobPublicAccess, false);
        assert.equal(inputs.enableHttpsTrafficOnly, true);
        assert.equal(inputs.minimumTlsVersion, "TLS1_2");
    });

    it("keeps as many copies as the settings say", async () => {
        assert.deepEqual(only((await storage()).resources, account).inputs.sku, { name: "Standard_GZRS" });
    });

    it("can bring back what was deleted or overwritten, for the retention", async () => {
        const { inputs } = only((await storage()).resources, service);
        assert.equal(inputs.isVersioningEnabled, true);
        assert.deepEqual(inputs.deleteRetentionPolicy, { enabled: true, days: 35 });
        assert.deepEqual(inputs.containerDeleteRetentionPolicy, { enabled: true, days: 35 });
    });

    it("removes old versions after it, and never a current backup", async () => {
        const { resources } = await storage();
        const policy = only(resources, policyType);
        const { rules } = policy.inputs.policy as { rules: { definition: { actions: object } }[] };
        const actions = rules.map((rule) => rule.definition.actions);
        assert.deepEqual(actions, [{ version: { delete: { daysAfterCreationGreaterThan: 35 } } }]);
        assert.ok(dependsOn(policy, only(resources, service)));
    });

    it("keeps each version from deletion for its first days, in every container", async () => {
        const { resources } = await storage();
        for (const made of all(resources, container)) {
            assert.deepEqual(made.inputs.immutableStorageWithVersioning, { enabled: true });
            assert.ok(dependsOn(made, only(resources, service)), made.name);
        }
        const policies = all(resources, immutability).map(({ inputs, retainOnDelete }) => [
            inputs.containerName,
            inputs.immutabilityPeriodSinceCreationInDays,
            retainOnDelete,
        ]);
        assert.deepEqual(policies, [
            ["velero", 14, true],
            ["postgresql", 14, true],
            ["loki", 14, true],
        ]);
    });

    it("leaves containers as they are for 0 days", async () => {
        const { resources } = await storage(0);
        assert.deepEqual(all(resources, immutability), []);
        for (const made of all(resources, container)) {
            assert.equal(made.inputs.immutableStorageWithVersioning, undefined);
        }
    });

    it("protects account and container, and keeps both in Azure", async () => {
        const { resources } = await storage();
        for (const durable of [only(resources, account), ...all(resources, container)]) {
            assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true], durable.name);
        }
    });

    it("gives each program that writes a container of its own, closed to the public", async () => {
        const { resources } = await storage();
        const containers = all(resources, container).map(({ inputs }) => [inputs.containerName, inputs.publicAccess]);
        assert.deepEqual(containers, [
            ["velero", "None"],
            ["postgresql", "None"],
            ["loki", "None"],
        ]);
    });

    it("publishes where backups go", async () => {
        const { result } = await storage();
        assert.equal(await valueOf(result.blobEndpoint), "https://backups.blob.core.windows.net/");
        assert.match(await valueOf(result.containerIds.loki), /\/blobContainers\/loki$/);
    });
});
