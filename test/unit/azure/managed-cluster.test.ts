import * as assert from "node:assert/strict";
import { buildCluster } from "../../../components/azure/managed-cluster";
import { armId, deployer } from "../../support/azure";
import { clusterArgs } from "../../support/cluster-args";

/** The inputs of a cluster with the settings of a committed stack, changed as given. */
function inputs(stack = "production", changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        ...buildCluster(clusterArgs(stack, changes), undefined),
    };
}

describe("buildCluster", () => {
    it("is entered with Entra ID only, and Azure RBAC decides", () => {
        const { disableLocalAccounts, enableRBAC, aadProfile } = inputs();
        assert.deepEqual([disableLocalAccounts, enableRBAC], [true, true]);
        const { managed, enableAzureRBAC, tenantID } = aadProfile as Record<string, unknown>;
        assert.deepEqual([managed, enableAzureRBAC, tenantID], [true, true, deployer.tenantId]);
    });

    it("lets the settings' groups administer it, and the settings' addresses reach it", () => {
        const group = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
        const { aadProfile, apiServerAccessProfile } = inputs("staging", {
            "landfall:adminGroupObjectIds": [group],
            "landfall:authorizedIpRanges": ["203.0.113.0/24"],
        });
        assert.deepEqual((aadProfile as { adminGroupObjectIDs: unknown }).adminGroupObjectIDs, [group]);
        assert.deepEqual(apiServerAccessProfile, {
            authorizedIPRanges: ["203.0.113.0/24"],
            disableRunCommand: true,
            enablePrivateCluster: false,
        });
    });

    it("issues tokens that Azure can trust", () => {
        const { oidcIssuerProfile, securityProfile } = inputs();
        assert.deepEqual(oidcIssuerProfile, { enabled: true });
        assert.deepEqual((securityProfile as { workloadIdentity: unknown }).workloadIdentity, { enabled: true });
    });

    it("brings the Secrets Store driver, with rotation, and the workload identity webhook, so that the tree need not", () => {
        const { addonProfiles, securityProfile } = inputs();
        const { azureKeyvaultSecretsProvider } = addonProfiles as Record<string, { enabled: boolean; config: object }>;
        assert.equal(azureKeyvaultSecretsProvider?.enabled, true);
        assert.deepEqual(azureKeyvaultSecretsProvider?.config, {
            enableSecretRotation: "true",
            rotationPollInterval: "2m",
        });
        assert.deepEqual((securityProfile as { workloadIdentity: object }).workloadIdentity, { enabled: true });
    });

    it("states its network in full, since a change of it is a new cluster", () => {
        const { networkProfile } = inputs("staging");
        assert.deepEqual(networkProfile, {
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            podCidr: "10.244.0.0/16",
            serviceCidr: "172.20.0.0/16",
            dnsServiceIP: "172.20.0.10",
            outboundType: "loadBalancer",
            loadBalancerSku: "standard",
            loadBalancerProfile: {
                backendPoolType: "NodeIPConfiguration",
                managedOutboundIPs: { count: 1, countIPv6: 0 },
                allocatedOutboundPorts: 0,
                idleTimeoutInMinutes: 30,
            },
        });
    });

    it("runs as the identities that were made for it", () => {
        const { identity, identityProfile } = inputs();
        assert.deepEqual(identity, {
            type: "UserAssigned",
            userAssignedIdentities: [armId("Microsoft.ManagedIdentity/userAssignedIdentities", "control-plane")],
        });
        assert.deepEqual((identityProfile as { kubeletidentity: unknown }).kubeletidentity, {
            resourceId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"),
            clientId: "kubelet-client",
            objectId: "kubelet-principal",
        });
    });

    it("has exactly one inline pool, a system pool over all zones", () => {
        const pools = inputs().agentPoolProfiles as Record<string, unknown>[];
        assert.equal(pools.length, 1);
        const [pool] = pools;
        assert.deepEqual([pool?.mode, pool?.availabilityZones], ["System", ["1", "2", "3"]]);
    });
});
