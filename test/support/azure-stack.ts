import { AksCluster } from "../../components/azure/aks-cluster";
import { Foundation } from "../../components/azure/foundation";
import { chooseLogin } from "../../components/azure/kubeconfig";
import { WorkloadIdentities } from "../../components/azure/workload-identities";
import { platformArgs } from "../../components/platform-args";
import { firstCluster } from "../../components/settings/naming";
import { azureMocks } from "./azure";
import { deploy, type Registered } from "./deploy";
import { configuration } from "./fixtures";
import { preflightOf } from "./platform";

/** What the Azure half of a committed stack registers, as the platform composes it, with settings changed as given. */
export async function azureStack(
    stack: string,
    changes: Record<string, unknown> = {},
    preview = false,
    mocks = azureMocks,
): Promise<readonly Registered[]> {
    const configured = configuration(stack, changes);
    const program = () => {
        const args = platformArgs(configured, preflightOf(configured.settings), chooseLogin({}), {});
        const { location, clusterLocation, protect, names, deployer } = args;
        const clusters = [firstCluster];
        const shared = { location, clusterLocation, protect, names, deployer, clusters };
        const foundation = new Foundation("landfall", { ...shared, ...args.foundation });
        const { groups, grounds, identities, registry, vault, backups, zone } = foundation;
        const cluster = new AksCluster("landfall-cluster", {
            ...args.cluster,
            live: undefined,
            deployer,
            resourceGroupName: groups.clusterName,
            resourceGroupId: groups.clusterId,
            location: clusterLocation,
            clusterName: names.cluster,
            dnsPrefix: names.dnsPrefix,
            nodeResourceGroupName: names.nodeGroup,
            tenantId: deployer.tenantId,
            nodeSubnetId: grounds[firstCluster]!.nodeSubnetId,
            controlPlaneId: identities.controlPlaneId,
            kubeletId: identities.kubeletId,
            kubeletClientId: identities.kubeletClientId,
            kubeletPrincipalId: identities.kubeletPrincipalId,
        });
        new WorkloadIdentities("landfall", {
            resourceGroupName: groups.durableName,
            location,
            names,
            scopes: {
                durableGroupId: groups.durableId,
                registryId: registry.registryId,
                registryMode: registry.mode,
                vaultId: vault.vaultId,
                keyId: vault.keyId,
                exampleId: vault.exampleId,
                storageAccountId: backups.accountId,
                containerIds: backups.containerIds,
                zoneId: zone?.zoneId,
            },
            issuerUrls: { [firstCluster]: cluster.issuerUrl },
            protect,
        });
    };
    return (await deploy(program, mocks, { preview })).resources;
}
