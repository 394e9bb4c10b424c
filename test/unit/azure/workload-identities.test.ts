import * as assert from "node:assert/strict";
import { WorkloadIdentities, type WorkloadScopes } from "../../../components/azure/workload-identities";
import { armId, azureMocks, clientIdOf, issuerUrl } from "../../support/azure";
import { all, dependsOn, deploy, only, valueOf } from "../../support/deploy";

const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const assignment = "azure-native:authorization:RoleAssignment";

const container = (name: string) =>
    armId("Microsoft.Storage/storageAccounts", `a/blobServices/default/containers/${name}`);
const account = armId("Microsoft.Storage/storageAccounts", "a");
const workloadScopes: WorkloadScopes = {
    durableGroupId: "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/durable",
    registryId: armId("Microsoft.ContainerRegistry/registries", "registry"),
    registryMode: "LegacyRegistryPermissions",
    vaultId: armId("Microsoft.KeyVault/vaults", "vault"),
    keyId: armId("Microsoft.KeyVault/vaults", "vault/keys/sops"),
    exampleId: armId("Microsoft.KeyVault/vaults", "vault/secrets/example"),
    storageAccountId: account,
    containerIds: { velero: container("velero"), postgresql: container("postgresql"), loki: container("loki") },
    zoneId: armId("Microsoft.Network/dnsZones", "example.com"),
};

function identities(
    scopes: Partial<WorkloadScopes> = {},
    issuerUrls: Readonly<Record<string, string>> = { blue: issuerUrl },
) {
    const program = () =>
        new WorkloadIdentities("landfall", {
            resourceGroupName: "durable",
            location: "westeurope",
            names: { identity: (role) => `stack-${role}` },
            scopes: { ...workloadScopes, ...scopes },
            issuerUrls,
            protect: true,
        });
    return deploy(program, azureMocks);
}

describe("WorkloadIdentities", () => {
    it("are one for each workload, each with the client id that its workload is told", async () => {
        const ids = (await identities()).result.clientIdsIn("blue");
        for (const [workload, clientId] of Object.entries(ids)) {
            assert.equal(await valueOf(clientId), clientIdOf(`stack-${workload}`));
        }
    });

    it("trust one service account each, and no two the same", async () => {
        const subjects = all((await identities()).resources, credential).map(({ inputs }) => inputs.subject);
        assert.equal(new Set(subjects).size, subjects.length);
        assert.ok(subjects.includes("system:serviceaccount:flux-system:kustomize-controller"));
        assert.ok(subjects.includes("system:serviceaccount:monitoring:loki"));
    });

    it("trust each cluster's tokens, one credential after the other, as the same identity", async () => {
        const { resources, result } = await identities({}, { blue: issuerUrl, green: "https://green/" });
        const trusted = all(resources, credential).filter(({ name }) => name.startsWith("landfall-velero-"));
        assert.deepEqual(
            trusted.map(({ inputs }) => inputs.issuer),
            [issuerUrl, "https://green/"],
        );
        const [first, second] = trusted;
        assert.ok(first && second && dependsOn(second, first), "Azure answers 409 to two writes at a time");
        assert.equal(new Set(trusted.map(({ inputs }) => inputs.federatedIdentityCredentialResourceName)).size, 2);
        assert.equal(await valueOf(result.clientIdsIn("green").velero), clientIdOf("stack-velero"));
    });

    it("forget the first cluster once it is gone", async () => {
        const { resources } = await identities({}, { green: "https://green/" });
        const issuers = all(resources, credential).map(({ inputs }) => inputs.issuer);
        assert.deepEqual([...new Set(issuers)], ["https://green/"]);
    });

    it("reach the one container, key or vault that they use", async () => {
        const { resources } = await identities();
        const scopeOf = (workload: string, role = "") =>
            only(
                all(resources, assignment).filter(({ name }) => name.startsWith(`landfall-${workload}-`)),
                assignment,
                role,
            ).inputs.scope;
        assert.equal(scopeOf("velero", "contributor"), workloadScopes.containerIds.velero);
        assert.equal(scopeOf("loki"), workloadScopes.containerIds.loki);
        assert.equal(scopeOf("kustomize-controller"), workloadScopes.keyId);
        assert.equal(scopeOf("external-secrets"), workloadScopes.vaultId);
        assert.equal(scopeOf("source-controller"), workloadScopes.registryId);
    });

    it("lets Velero sign links to a backup's logs, for which Azure asks at the account", async () => {
        const granted = all((await identities()).resources, assignment).filter(
            ({ inputs }) => inputs.scope === account,
        );
        assert.deepEqual(
            granted.map(({ name }) => name),
            ["landfall-velero-storage-blob-delegator"],
        );
    });

    it("may do nothing about records where there is no zone", async () => {
        const { resources } = await identities({ zoneId: undefined });
        const granted = all(resources, assignment).map(({ name }) => name);
        assert.deepEqual(
            granted.filter((name) => name.includes("dns-zone")),
            [],
        );
        assert.ok(granted.some((name) => name.startsWith("landfall-external-dns-reader")));
    });
});
