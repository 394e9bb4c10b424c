import { AksCluster } from "../../components/azure/aks-cluster";
import { Foundation } from "../../components/azure/foundation";
import { chooseLogin } from "../../components/azure/kubeconfig";
import { WorkloadIdentities } from "../../components/azure/workload-identities";
import { physicalNames } from "../../components/settings/naming";
import type { Preflight } from "../../components/preflight/preflight";
import { AZURE_MOCKS, DEPLOYER } from "./azure";
import { deploy, type Registered } from "./deploy";
import { settings as settingsOf } from "./fixtures";

/** What the Azure half of a committed stack registers, as the platform composes it, with settings changed as given. */
export async function azureStack(
    stack: string,
    changes: Record<string, unknown> = {},
    preview = false,
): Promise<readonly Registered[]> {
    const settings = settingsOf(stack, changes);
    const names = physicalNames({ project: "landfall", stack, subscriptionId: DEPLOYER.subscriptionId }, settings);
    const preflight = { deployer: DEPLOYER, names, recoverKeyVault: false } as Preflight;
    const program = () => {
        const foundation = new Foundation("landfall", { settings, preflight });
        const { groups, network, identities } = foundation;
        const { location, protectDurable: protect } = settings;
        const cluster = new AksCluster("landfall-cluster", {
            settings,
            deployer: DEPLOYER,
            login: chooseLogin({}),
            resourceGroupName: groups.clusterName,
            location,
            clusterName: names.cluster,
            dnsPrefix: names.dnsPrefix,
            nodeResourceGroupName: names.nodeGroup,
            tenantId: DEPLOYER.tenantId,
            nodeSubnetId: network.nodeSubnetId,
            controlPlaneId: identities.controlPlaneId,
            kubeletId: identities.kubeletId,
            kubeletClientId: identities.kubeletClientId,
            kubeletPrincipalId: identities.kubeletPrincipalId,
        });
        new WorkloadIdentities("landfall", { foundation, location, names, issuerUrl: cluster.issuerUrl, protect });
    };
    return (await deploy(program, AZURE_MOCKS, { preview })).resources;
}
