import * as assert from "node:assert/strict";
import * as path from "node:path";
import { deployer } from "../../support/azure";
import { azureStack } from "../../support/azure-stack";
import { all } from "../../support/deploy";
import { stacks } from "../../support/fixtures";
import { identityName, permissionsOf } from "../../support/permissions";
import { permissionsPage, readPermissionsPage } from "../../support/permissions-page";
import { rightsOfReader } from "../../support/reader-rights";
import { readDeployerRole } from "@landfall/sandbox";
import { armType, findType, readingPermissions } from "@landfall/sandbox/testing";

const deployerRole = readDeployerRole(path.join(__dirname, "../../.."));

/** Every role that may be granted, and the narrowest scope that it works on. */
const expectedGrants = [
    "cert-manager: DNS Zone Contributor on dns:Zone",
    "ci: AcrPush on containerregistry:Registry",
    "control-plane: Managed Identity Operator on managedidentity:UserAssignedIdentity",
    "control-plane: Network Contributor on network:Subnet",
    "deployer: Azure Kubernetes Service RBAC Cluster Admin on resources:ResourceGroup",
    "deployer: Key Vault Crypto Officer on keyvault:Vault",
    "deployer: Storage Blob Data Reader on storage:BlobContainer",
    "deployer: Storage Blob Data Reader on storage:BlobContainer",
    "examples: Key Vault Secrets User on keyvault:Secret",
    "external-dns: DNS Zone Contributor on dns:Zone",
    "external-dns: Reader on resources:ResourceGroup",
    "external-secrets: Key Vault Secrets User on keyvault:Vault",
    "image-reflector-controller: AcrPull on containerregistry:Registry",
    "kubelet: AcrPull on containerregistry:Registry",
    "kustomize-controller: Key Vault Crypto User on keyvault:Key",
    "loki: Storage Blob Data Contributor on storage:BlobContainer",
    "postgresql: Storage Blob Data Contributor on storage:BlobContainer",
    "source-controller: AcrPull on containerregistry:Registry",
    "velero: Storage Blob Data Contributor on storage:BlobContainer",
    "velero: Storage Blob Delegator on storage:StorageAccount",
];

const azure = /^azure-native:/;

describe("docs/permissions.md", () => {
    it("says what the program grants; npm run docs makes it anew", async () => {
        const page = readPermissionsPage();
        assert.equal(page, await permissionsPage(page));
    });

    it("says what a preview asks of GitHub, and the sandbox's token for previews may do no more", async () => {
        assert.deepEqual(Object.fromEntries(await rightsOfReader()), readingPermissions);
    });
});

for (const stack of stacks) {
    describe(`the permissions of ${stack}`, () => {
        // One at a time: mocks are the SDK's, not of one run.
        let shared: ReturnType<typeof azureStack> | undefined;
        const resources = () => (shared ??= azureStack(stack));

        it("are these and no others, each on the narrowest scope that works", async () => {
            const granted = permissionsOf(await resources()).map(
                ({ identity, role, scope }) => `${identity}: ${role.title} on ${scope.type.replace(azure, "")}`,
            );
            assert.deepEqual(granted.sort(), expectedGrants);
        });

        it("reach over the durable group with a role that reads, and over the group that holds nothing but the cluster", async () => {
            const wide = permissionsOf(await resources()).filter(({ scope }) => scope.type.endsWith(":ResourceGroup"));
            assert.deepEqual(
                wide.map(({ role, scope }) => [role.title, scope.inputs.resourceGroupName]),
                [
                    ["Azure Kubernetes Service RBAC Cluster Admin", `landfall-${stack}-cluster`],
                    ["Reader", `landfall-${stack}-durable`],
                ],
            );
        });

        it("say what kind of principal has them", async () => {
            for (const { identity, principalType } of permissionsOf(await resources())) {
                const expected = identity === "deployer" ? deployer.principalType : "ServicePrincipal";
                assert.equal(principalType, expected, identity);
            }
        });

        it("belong to identities that exactly one workload uses", async () => {
            for (const { identity, usedBy } of permissionsOf(await resources())) {
                assert.equal(usedBy.length, 1, identity);
            }
        });

        it("are held by every identity that the program makes", async () => {
            const holders = permissionsOf(await resources()).map(({ identity }) => identity);
            for (const identity of all(await resources(), "azure-native:managedidentity:UserAssignedIdentity")) {
                assert.ok(holders.includes(identityName(identity)), identity.name);
            }
        });
    });
}

describe("docs/deployer-role.json", () => {
    /** `Microsoft.Network/virtualNetworks/subnets` of `azure-native:network:Subnet`. */
    const types = async () => {
        const resources = [...(await azureStack("staging")), ...(await azureStack("production"))];
        const tokens = resources.map(({ type }) => type).filter((type) => type.startsWith("azure-native:"));
        return [...new Set(tokens)].map((token) => {
            const type = findType(token.replace(azure, ""));
            assert.ok(type, token);
            return { token: type.token, armType: armType(type.path), singleton: type.singleton === true };
        });
    };

    it("writes and deletes what the program makes but role assignments, deletes records, and no other type", async () => {
        const made = (await types()).filter(({ token }) => token !== "authorization:RoleAssignment");
        // Keys and secrets are deleted through their vault, which is a matter of the roles on the vault; what keeps
        // blobs from deletion goes with its container.
        const kept = ["keyvault:Key", "keyvault:Secret", "storage:BlobContainerImmutabilityPolicy"];
        const deleted = made.filter(({ token, singleton }) => !singleton && !kept.includes(token));
        const expected = [
            ...made.map(({ armType }) => `${armType}/write`),
            ...deleted.map(({ armType }) => `${armType}/delete`),
            // A registry's policies are part of the registry and have an action of their own.
            "Microsoft.ContainerRegistry/registries/updatePolicies/write",
            // What external-dns leaves behind, which `npm run destroy` takes away.
            ...["A", "AAAA", "CNAME", "TXT"].map((type) => `Microsoft.Network/dnsZones/${type}/delete`),
        ];
        const actual = deployerRole.Actions.filter((action) => /\/(write|delete)$/.test(action));
        assert.deepEqual([...actual].sort(), expected.sort());
    });

    it("does nothing besides but read, give the cluster its identity and its subnet, and fetch a user's kubeconfig", () => {
        const others = deployerRole.Actions.filter((action) => !/\/(write|delete)$/.test(action));
        assert.deepEqual([...others].sort(), [
            "*/read",
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            "Microsoft.Network/virtualNetworks/subnets/join/action",
        ]);
    });

    it("reads no data", () => {
        assert.deepEqual(deployerRole.DataActions, []);
    });
});
