import * as pulumi from "@pulumi/pulumi";
import {
    AksCluster,
    chooseLogin,
    ClusterIdentities,
    ContainerRegistry,
    currentCluster,
    currentDeployer,
    Network,
    ResourceGroups,
} from "../../components";

/** What AKS does to the cluster by itself, and when. */
const upkeep = {
    upgradeChannel: "patch",
    nodeOsUpgradeChannel: "NodeImage",
    maintenanceWindow: { day: "Sunday", startTime: "01:00", durationHours: 4, utcOffset: "+00:00" },
    imageCleanerIntervalHours: 168,
} as const;

/** An AKS cluster of one pool, and a registry that its nodes pull from. */
async function clusterOnly() {
    const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
    const location = new pulumi.Config("azure-native").require("location");
    const deployer = await currentDeployer();
    // Nothing here outlives the stack.
    const at = { location, protect: false };

    const groups = new ResourceGroups(name, {
        ...at,
        durableName: `${name}-registry`,
        clusterName: `${name}-cluster`,
    });
    const network = new Network(name, {
        location,
        resourceGroupName: groups.clusterName,
        networkName: name,
        vnetCidr: "10.10.0.0/16",
        nodeSubnetCidr: "10.10.0.0/22",
    });
    const identities = new ClusterIdentities(name, {
        ...at,
        resourceGroupName: groups.clusterName,
        controlPlaneName: `${name}-control-plane`,
        kubeletName: `${name}-kubelet`,
        nodeSubnetId: network.nodeSubnetId,
    });
    const registry = new ContainerRegistry(name, {
        ...at,
        resourceGroupName: groups.durableName,
        // Names of registries are shared by all of Azure, and have letters and digits only.
        registryName: `${name}${deployer.subscriptionId.slice(0, 8)}`.replaceAll("-", ""),
        sku: "Basic",
        zoneRedundant: false,
        kubeletPrincipalId: identities.kubeletPrincipalId,
    });
    const live = await currentCluster({
        subscriptionId: deployer.subscriptionId,
        resourceGroupName: `${name}-cluster`,
        clusterName: name,
    });
    const cluster = new AksCluster(name, {
        location,
        deployer,
        login: chooseLogin(process.env),
        tenantId: deployer.tenantId,
        resourceGroupName: groups.clusterName,
        resourceGroupId: groups.clusterId,
        nodeResourceGroupName: `${name}-nodes`,
        clusterName: name,
        live,
        dnsPrefix: name,
        nodeSubnetId: network.nodeSubnetId,
        controlPlaneId: identities.controlPlaneId,
        kubeletId: identities.kubeletId,
        kubeletClientId: identities.kubeletClientId,
        kubeletPrincipalId: identities.kubeletPrincipalId,
        kubernetesVersion: "1.36",
        clusterTier: "Free",
        systemPool: { vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 3, zones: [] },
        userPools: {},
        podCidr: "10.244.0.0/16",
        serviceCidr: "172.20.0.0/16",
        authorizedIpRanges: [],
        adminGroupObjectIds: [],
        ...upkeep,
    });
    return { kubeconfig: cluster.kubeconfig, registry: registry.loginServer };
}

export = clusterOnly;
