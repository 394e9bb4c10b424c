import { randomBytes, randomUUID } from "node:crypto";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { isWithin, parseResourceId, type ResourceId } from "../arm/resource-id";
import { kept, type PutContext, type Removal, type ResourceProvider } from "../arm/resource-provider";
import type { AzureState, Resource } from "../state";
import { checkQuota } from "../subscription/vcpu-quota";
import { poolProperties } from "./agent-pool";
import { drivers, omittedProfiles, withOutboundIP } from "./cluster-defaults";
import { checkClusterIdentity, checkSubnetAccess, controlPlaneIdentity } from "./cluster-identity";
import type { ClusterInputs } from "./cluster-inputs";
import { checkClusterNetwork, networkProfileOf } from "./cluster-network";
import { clusterDeleting, clusterWriting, poolState, withoutLateParts } from "./cluster-operation";
import { checkClusterRules } from "./cluster-rules";
import type { RunningCluster } from "./clusters";
import { minorOf, resolveVersion } from "./kubernetes-versions";
import { nodesOf, poolsOf } from "./nodes";
import { checkPool, checkPoolChange } from "./pool-rules";

/** Clusters that run, by id in lower case: what a kubeconfig and Entra need of them. */
export type RunningClusters = Map<string, RunningCluster>;

/**
 * A managed cluster: a PUT starts a control plane, and is done when that serves; a DELETE stops it.
 */
export function managedCluster(running: RunningClusters): ResourceProvider {
    return {
        check(put) {
            const inputs = put.inputs as unknown as ClusterInputs;
            checkClusterRules(put);
            checkClusterIdentity(put);
            checkClusterNetwork(put);
            checkPools(put, inputs);
            resolveVersion(
                inputs.kubernetesVersion,
                put.previous?.properties.currentKubernetesVersion as string | undefined,
            );
            checkNodeResourceGroup(put);
        },
        writing: ({ previous, inputs }) => clusterWriting(previous, inputs as unknown as ClusterInputs),
        deleting: () => clusterDeleting,
        answer: withoutLateParts,
        properties: clusterProperties,
        view: (state, { address }) => ({
            // Every pool, those that are resources of their own too, by name.
            agentPoolProfiles: poolsOf(state, address.id)
                .map((pool) => ({
                    name: pool.address.name,
                    ...pool.properties,
                    provisioningState: poolState(state, address.id, pool),
                }))
                .sort((a, b) => a.name.localeCompare(b.name, "en")),
        }),
        written: (put, cluster) => startOrUpdate(running, put, cluster),
        removed: (removal) => stop(running, removal),
    };
}

interface ClusterOutputs {
    readonly fqdn: string;
    readonly nodeResourceGroup: string;
    readonly oidcIssuerProfile: { readonly issuerURL?: string };
    readonly networkProfile: { readonly serviceCidr: string };
}

async function startOrUpdate(running: RunningClusters, put: PutContext, cluster: Resource): Promise<void> {
    storePools(put, cluster);
    const nodes = nodesOf(put.state, cluster);
    const { id, name } = cluster.address;
    if (put.previous) {
        await put.clusters.setNodes(id, nodes);
        return;
    }
    storeNodeResourceGroup(put.state, cluster);
    const { fqdn, oidcIssuerProfile, networkProfile } = cluster.properties as unknown as ClusterOutputs;
    const { serviceCidr } = networkProfile;
    const { issuerURL: issuer = `https://${fqdn}` } = oidcIssuerProfile;
    const spec = { id, name, fqdn, issuer, serviceCidr, nodes };
    running.set(id.toLowerCase(), await put.clusters.start(spec));
}

async function stop(running: RunningClusters, { state, clusters, resource }: Removal): Promise<void> {
    const nodeResourceGroup = nodeResourceGroupId(state, resource);
    running.delete(resource.address.id.toLowerCase());
    for (const inner of state.within(nodeResourceGroup)) {
        state.remove(inner.address.id);
    }
    for (const { objectId, resourceId } of [...state.principals.values()]) {
        if (
            resourceId?.toLowerCase() === resource.address.id.toLowerCase() ||
            (resourceId && isWithin(resourceId, nodeResourceGroup))
        ) {
            state.principals.delete(objectId);
        }
    }
    await clusters.stop(resource.address.id);
}

function clusterProperties(put: PutContext): Properties {
    const { state, address } = put;
    const inputs = put.inputs as unknown as ClusterInputs;
    const { location: region } = inputs;
    const nodeResourceGroup = nodeGroupName(address, inputs);
    const version = resolveVersion(
        inputs.kubernetesVersion,
        put.previous?.properties.currentKubernetesVersion as string | undefined,
    );
    const suffix = kept(put, "resourceUID", () => randomBytes(12).toString("hex"));
    const issuerURL =
        (put.previous?.properties.oidcIssuerProfile as { issuerURL?: string } | undefined)?.issuerURL ??
        `https://${region}.oic.prod-aks.azure.com/${state.tenantId}/${randomUUID()}/`;
    const hasIssuer = inputs.oidcIssuerProfile?.enabled === true || (put.previous && hadIssuer(put.previous));
    const fqdn = kept(
        put,
        "fqdn",
        () => `${inputs.dnsPrefix}-${randomBytes(4).toString("hex")}.hcp.${region}.azmk8s.io`,
    );
    return {
        kind: "Base",
        enableRBAC: true,
        supportPlan: "KubernetesOfficial",
        nodeProvisioningProfile: { mode: "Manual", defaultNodePools: "Auto" },
        bootstrapProfile: { artifactSource: "Direct" },
        securityProfile: {},
        workloadAutoScalerProfile: {},
        metricsProfile: { costAnalysis: { enabled: false } },
        ...omittedProfiles(put),
        ...put.inputs,
        sku: { name: "Base", tier: "Free", ...inputs.sku },
        autoUpgradeProfile: {
            nodeOSUpgradeChannel: "NodeImage",
            ...(put.inputs.autoUpgradeProfile as object | undefined),
        },
        storageProfile: { ...drivers, ...(put.inputs.storageProfile as object | undefined) },
        ...(inputs.aadProfile ? { aadProfile: { adminUsers: null, ...inputs.aadProfile } } : {}),
        servicePrincipalProfile: { clientId: "msi" },
        fqdn,
        azurePortalFQDN: fqdn.replace(".hcp.", ".portal.hcp."),
        kubernetesVersion: inputs.kubernetesVersion ?? minorOf(version),
        currentKubernetesVersion: version,
        nodeResourceGroup,
        networkProfile: withOutboundIP(put, networkProfileOf(inputs.networkProfile), nodeResourceGroup),
        oidcIssuerProfile: hasIssuer ? { enabled: true, issuerURL } : { enabled: false },
        identity: identityView(put, inputs),
        identityProfile: { kubeletidentity: kubeletIdentity(put, inputs, nodeResourceGroup) },
        ...addons(put, inputs, nodeResourceGroup),
        maxAgentPools: 100,
        powerState: { code: "Running" },
        resourceUID: suffix,
        provisioningState: "Succeeded",
    };
}

function checkPools(put: PutContext, { agentPoolProfiles = [], location }: ClusterInputs): void {
    const pools = poolsOf(put.state, put.address.id);
    agentPoolProfiles.forEach((inline, index) => {
        const path = `agentPoolProfiles[${index}]`;
        checkPool(inline, location, path);
        const existing = pools.find((pool) => pool.address.name === inline.name);
        checkQuota(put.state, location, inline, Number(existing?.properties.count ?? 0));
        if (put.previous && !existing) {
            throw new ArmError(
                400,
                "BadRequest",
                "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster " +
                    "operations. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api",
                path,
            );
        }
        if (existing) {
            checkPoolChange(existing.properties, inline as Properties, path);
        }
        checkSubnetAccess(put, inline.vnetSubnetID);
    });
    checkPoolVersions(pools, agentPoolProfiles);
    if (!put.previous && !agentPoolProfiles.some(({ mode }) => mode === "System")) {
        throw new ArmError(400, "InvalidParameter", "Must define at least one system pool.", "agentPoolProfiles");
    }
}

/** A write to the cluster upgrades all pools or none. https://github.com/Azure/AKS/issues/4765 */
function checkPoolVersions(pools: readonly Resource[], inline: NonNullable<ClusterInputs["agentPoolProfiles"]>): void {
    const given = inline.filter(({ orchestratorVersion }) => orchestratorVersion !== undefined);
    if (given.length > 0 && given.length < pools.length) {
        throw new ArmError(
            400,
            "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged",
            "Using managed cluster api, all Agent pools' OrchestratorVersion must be all specified or all unspecified. If all " +
                "specified, they must be stay unchanged or the same with control plane. For agent pool specific change, please use " +
                "per agent pool operations: https://aka.ms/agent-pool-rest-api",
            "agentPoolProfiles",
        );
    }
}

/** Pools of a PUT become node pools of their own; those it leaves out stay, as at AKS. */
function storePools({ state, inputs }: PutContext, cluster: Resource): void {
    for (const { name = "", ...pool } of (inputs as unknown as ClusterInputs).agentPoolProfiles ?? []) {
        const address = parseResourceId(`${cluster.address.id}/agentPools/${name}`);
        if (address) {
            state.set({
                address,
                inputs: pool,
                properties: poolProperties(cluster, pool, state.get(address.id)),
                createdAt: cluster.createdAt,
            });
        }
    }
}

function checkNodeResourceGroup({ state, address, inputs, previous }: PutContext): void {
    const name = nodeGroupName(address, inputs as unknown as ClusterInputs);
    if (name.length > 80) {
        throw new ArmError(
            400,
            "InvalidParameter",
            `The length of the node resource group name '${name}' is too long: at most 80 characters are allowed. Set nodeResourceGroup.`,
            "nodeResourceGroup",
        );
    }
    if (!previous && state.get(`/subscriptions/${state.subscriptionId}/resourceGroups/${name}`)) {
        throw new ArmError(
            409,
            "NodeResourceGroupAlreadyExists",
            `The node resource group '${name}' exists already; AKS makes it and owns all that is in it.`,
            "nodeResourceGroup",
        );
    }
}

function storeNodeResourceGroup(state: AzureState, cluster: Resource): void {
    const address = parseResourceId(nodeResourceGroupId(state, cluster));
    if (address) {
        const inputs = { location: cluster.inputs.location, managedBy: cluster.address.id };
        state.set({
            address,
            inputs,
            properties: { ...inputs, properties: { provisioningState: "Succeeded" } },
            createdAt: cluster.createdAt,
        });
    }
}

function nodeResourceGroupId(state: AzureState, cluster: Resource): string {
    return `/subscriptions/${state.subscriptionId}/resourceGroups/${String(cluster.properties.nodeResourceGroup)}`;
}

function nodeGroupName(address: ResourceId, inputs: ClusterInputs): string {
    return inputs.nodeResourceGroup ?? `MC_${address.parameters.resourceGroupName}_${address.name}_${inputs.location}`;
}

function identityView({ state, address }: PutContext, inputs: ClusterInputs): Properties {
    const controlPlane = controlPlaneIdentity(inputs);
    if (controlPlane === undefined) {
        return {
            type: "SystemAssigned",
            principalId: state.principalOf(address.id).objectId,
            tenantId: state.tenantId,
        };
    }
    const { clientId, objectId } = state.principalOf(controlPlane);
    return { type: "UserAssigned", userAssignedIdentities: { [controlPlane]: { clientId, principalId: objectId } } };
}

function kubeletIdentity({ state, address }: PutContext, inputs: ClusterInputs, nodeResourceGroup: string): Properties {
    const resourceId =
        inputs.identityProfile?.kubeletidentity?.resourceId ??
        ownIdentity(state, nodeResourceGroup, `${address.name}-agentpool`);
    const { clientId, objectId } = state.principalOf(resourceId);
    return { resourceId, clientId, objectId };
}

/** Those that a PUT leaves out stay; with none there is no property. */
function addons(
    { state, address, previous }: PutContext,
    inputs: ClusterInputs,
    nodeResourceGroup: string,
): Properties {
    const before = previous?.properties.addonProfiles as ClusterInputs["addonProfiles"];
    const byPolicy = [...state.addonsByPolicy].map((name) => [name, { enabled: true, config: null }] as const);
    const wanted = { ...Object.fromEntries(byPolicy), ...before, ...inputs.addonProfiles };
    const entries = Object.entries(wanted).map(([name, profile]) => {
        const resourceId = ownIdentity(state, nodeResourceGroup, `${name.toLowerCase()}-${address.name}`);
        const { clientId, objectId } = state.principalOf(resourceId);
        return [name, { ...profile, ...(profile.enabled ? { identity: { resourceId, clientId, objectId } } : {}) }];
    });
    return entries.length === 0 ? {} : { addonProfiles: Object.fromEntries(entries) as object };
}

function hadIssuer({ properties }: Resource): boolean {
    return (properties.oidcIssuerProfile as { enabled?: boolean }).enabled === true;
}

/** The address of an identity that AKS makes in the node resource group. */
function ownIdentity(state: AzureState, nodeResourceGroup: string, name: string): string {
    return `/subscriptions/${state.subscriptionId}/resourcegroups/${nodeResourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}
