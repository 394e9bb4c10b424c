import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { cluster2025, poolScale, poolAutoscaler, poolTaints } = cassettes;
const pools = "providers/Microsoft.ContainerService/managedClusters/aks/agentPools";
const path = `${pools}/apps`;
const apiVersion = "2025-08-01";
/** As azure-cli asks. */
const asked = {
    count: 1,
    vmSize: "Standard_DS2_v2",
    osDiskSizeGB: 0,
    osType: "Linux",
    enableAutoScaling: false,
    scaleDownMode: "Delete",
    type: "VirtualMachineScaleSets",
    mode: "User",
    upgradeSettings: {},
    enableNodePublicIP: false,
    scaleSetPriority: "Regular",
    scaleSetEvictionPolicy: "Delete",
    spotMaxPrice: -1,
    nodeTaints: [] as string[],
    nodeLabels: { label1: "value1" },
    enableFIPS: false,
};
const put = (changes: object) =>
    ({ method: "PUT", path, apiVersion, body: { properties: { ...asked, ...changes } } }) as const;

export const agentPool: Witness = {
    title: "Node pool",
    ground: "cluster",
    exchanges: [
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "AKS itself says 404 NotFound of a pool that a cluster does not have, without `error` around it, with details and subcode",
                    seen: [cluster2025, 38],
                    status: 404,
                    headers: { "x-ms-failure-cause": none },
                    body: {
                        error: none,
                        code: "NotFound",
                        details: [
                            { code: "Unspecified", message: "rpc error: code = NotFound desc = Agent Pool not found" },
                        ],
                        message:
                            /^Could not find the agentpool: apps in subscription: .*, resourceGroup: rg, resourceName: aks\.$/,
                        subcode: "GetAgentPool_NotFound_HCPServerError",
                    },
                },
            ],
        },
        {
            send: put({}),
            facts: [
                {
                    says: "A PUT of a new pool is answered with 201, `Azure-AsyncOperation` and Creating",
                    seen: [poolScale, 16],
                    status: 201,
                    headers: { "azure-asyncoperation": /\/operations\//, "retry-after": none },
                    body: { properties: { provisioningState: "Creating" } },
                },
                {
                    says: "`id` has `resourcegroups` in lower case; `type` of the pool and of its machines are two",
                    seen: [poolScale, 16],
                    body: {
                        id: /\/resourcegroups\/rg\/.*\/agentPools\/apps$/,
                        type: "Microsoft.ContainerService/managedClusters/agentPools",
                        properties: { type: "VirtualMachineScaleSets" },
                    },
                },
                {
                    says: "Empty taints, and what is for spot pools, are not shown of a regular pool",
                    seen: [poolScale, 16, 25],
                    body: {
                        properties: {
                            nodeTaints: none,
                            scaleSetPriority: none,
                            scaleSetEvictionPolicy: none,
                            spotMaxPrice: none,
                        },
                    },
                },
            ],
        },
        {
            after: 20,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "`status` is CreatingAgentPool while it runs",
                    seen: [cluster2025, 44],
                    body: { status: "CreatingAgentPool" },
                },
            ],
        },
        {
            after: 120,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "`status` tells the nodes that are there",
                    seen: [cluster2025, 46],
                    body: { status: "CreatingAgentPool: 0/1 nodes completed" },
                },
            ],
        },
        {
            after: 100,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Filled in: disk of 128 GB for 0, disk types, scale-down mode, image, upgrade and security settings",
                    seen: [cluster2025, 51],
                    body: {
                        properties: {
                            provisioningState: "Succeeded",
                            osDiskSizeGB: 128,
                            osDiskType: "Managed",
                            kubeletDiskType: "OS",
                            maxPods: 250,
                            osSKU: "Ubuntu",
                            scaleDownMode: "Delete",
                            powerState: { code: "Running" },
                            enableNodePublicIP: false,
                            enableFIPS: false,
                            nodeImageVersion: /^AKSUbuntu-2204gen2containerd-\d{6}\.\d{2}\.\d$/,
                            upgradeSettings: { maxSurge: "10%", maxUnavailable: "0" },
                            securityProfile: { sshAccess: "LocalUser", enableVTPM: false, enableSecureBoot: false },
                            orchestratorVersion: /^1\.\d+$/,
                            currentOrchestratorVersion: /^1\.\d+\.\d+$/,
                        },
                    },
                },
                { says: "There is no `eTag`", seen: [cluster2025, 51], body: { properties: { eTag: none } } },
            ],
        },
        {
            send: put({ nodeTaints: ["key1=value1:PreferNoSchedule"] }),
            facts: [
                {
                    says: "A change is answered with 200 and Updating",
                    seen: [poolTaints, 16],
                    status: 200,
                    headers: { "azure-asyncoperation": some },
                    body: {
                        properties: { provisioningState: "Updating", nodeTaints: ["key1=value1:PreferNoSchedule"] },
                    },
                },
            ],
        },
        {
            after: 10,
            send: put({ nodeTaints: [] }),
            facts: [
                {
                    says: "A PUT with no taints takes them away",
                    seen: [poolTaints, 28],
                    status: 200,
                    body: { properties: { nodeTaints: none } },
                },
            ],
        },
        {
            after: 10,
            send: put({ enableAutoScaling: true, count: 0, minCount: 0, maxCount: 3 }),
            facts: [
                {
                    says: "A user pool may have no node at least",
                    seen: [poolAutoscaler, 16],
                    body: { properties: { count: 0, minCount: 0, maxCount: 3 } },
                },
            ],
        },
        {
            after: 10,
            send: put({ enableAutoScaling: true, count: 0, minCount: 1, maxCount: 101 }),
            facts: [
                {
                    says: "With the autoscaler, fewer nodes than its minimum are accepted, and echoed",
                    seen: [poolAutoscaler, 23],
                    status: 200,
                    body: { properties: { count: 0, minCount: 1 } },
                },
            ],
        },
        {
            after: 10,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Once that is done, the pool has its minimum",
                    seen: [poolAutoscaler, 26],
                    body: { properties: { count: 1 } },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 202, no body, `Azure-AsyncOperation` and `Location`",
                    seen: [cluster2025, 61],
                    status: 202,
                    headers: { "azure-asyncoperation": some, location: some },
                    body: none,
                },
            ],
        },
        {
            after: 20,
            send: { method: "GET", path, apiVersion },
            facts: [{ says: "A pool that is gone is 404", seen: [cluster2025, 38], status: 404 }],
        },
    ],
};
