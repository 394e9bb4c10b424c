/** The parts of a managed cluster and its node pools that the rules look at; the schema has checked their types. */
export interface PoolInputs {
    readonly name?: string;
    readonly mode?: string;
    readonly vmSize?: string;
    readonly osType?: string;
    readonly osSKU?: string;
    readonly count?: number;
    readonly enableAutoScaling?: boolean;
    readonly minCount?: number;
    readonly maxCount?: number;
    readonly availabilityZones?: readonly string[];
    readonly vnetSubnetID?: string;
    readonly nodeLabels?: Readonly<Record<string, string>>;
    readonly nodeTaints?: readonly string[];
    readonly orchestratorVersion?: string;
    readonly scaleSetPriority?: string;
    readonly spotMaxPrice?: number;
}

export interface NetworkProfile {
    readonly networkPlugin?: string;
    readonly networkPluginMode?: string;
    readonly networkDataplane?: string;
    readonly networkPolicy?: string;
    readonly podCidr?: string;
    readonly serviceCidr?: string;
    readonly dnsServiceIP?: string;
}

export interface ClusterInputs {
    readonly location: string;
    readonly dnsPrefix?: string;
    readonly kubernetesVersion?: string;
    readonly nodeResourceGroup?: string;
    readonly disableLocalAccounts?: boolean;
    readonly sku?: { readonly tier?: string };
    readonly supportPlan?: string;
    readonly identity?: { readonly type?: string; readonly userAssignedIdentities?: readonly string[] };
    readonly identityProfile?: Readonly<Record<string, { resourceId?: string; clientId?: string; objectId?: string }>>;
    readonly aadProfile?: {
        readonly managed?: boolean;
        readonly enableAzureRBAC?: boolean;
        readonly tenantID?: string;
    };
    readonly agentPoolProfiles?: readonly PoolInputs[];
    readonly networkProfile?: NetworkProfile;
    readonly oidcIssuerProfile?: { readonly enabled?: boolean };
    readonly securityProfile?: {
        readonly workloadIdentity?: { readonly enabled?: boolean };
        readonly imageCleaner?: { readonly enabled?: boolean; readonly intervalHours?: number };
    };
    readonly metricsProfile?: { readonly costAnalysis?: { readonly enabled?: boolean } };
    readonly addonProfiles?: Readonly<Record<string, { readonly enabled: boolean }>>;
    readonly apiServerAccessProfile?: {
        readonly authorizedIPRanges?: readonly string[];
        readonly enablePrivateCluster?: boolean;
    };
}
