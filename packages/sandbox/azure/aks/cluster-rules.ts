import { ArmError } from "../arm/arm-error";
import type { PutContext } from "../arm/resource-provider";
import type { ClusterInputs } from "./cluster-inputs";

type Rule = (inputs: ClusterInputs, put: PutContext) => ArmError | undefined;

/** What depends on what within a managed cluster's own properties. */
const rules: readonly Rule[] = [
    ({ aadProfile, disableLocalAccounts }) =>
        disableLocalAccounts && !aadProfile?.managed
            ? refusal("Disabling local accounts needs AKS-managed Entra ID.", "disableLocalAccounts")
            : undefined,
    ({ aadProfile }) =>
        aadProfile?.enableAzureRBAC && !aadProfile.managed
            ? refusal(
                  "Azure RBAC for Kubernetes authorization needs AKS-managed Entra ID.",
                  "aadProfile.enableAzureRBAC",
              )
            : undefined,
    ({ aadProfile }, { state }) =>
        aadProfile?.tenantID !== undefined && aadProfile.tenantID.toLowerCase() !== state.tenantId.toLowerCase()
            ? refusal(
                  `The tenant '${aadProfile.tenantID}' is not the tenant of the subscription.`,
                  "aadProfile.tenantID",
              )
            : undefined,
    ({ securityProfile, oidcIssuerProfile }) =>
        securityProfile?.workloadIdentity?.enabled && !oidcIssuerProfile?.enabled
            ? refusal("Workload identity needs the OIDC issuer to be enabled.", "securityProfile.workloadIdentity")
            : undefined,
    ({ oidcIssuerProfile }, { previous }) =>
        oidcIssuerProfile?.enabled === false && previous
            ? new ArmError(
                  400,
                  "OIDCIssuerFeatureCannotBeDisabled",
                  "OIDC issuer feature cannot be disabled.",
                  "oidcIssuerProfile.enabled",
              )
            : undefined,
    ({ securityProfile }) =>
        securityProfile?.imageCleaner?.enabled && securityProfile.imageCleaner.intervalHours === undefined
            ? refusal("The image cleaner needs an interval.", "securityProfile.imageCleaner.intervalHours")
            : undefined,
    ({ metricsProfile, sku }) =>
        metricsProfile?.costAnalysis?.enabled && (sku?.tier ?? "Free") === "Free"
            ? refusal("Cost analysis needs the Standard or Premium tier.", "metricsProfile.costAnalysis")
            : undefined,
    ({ supportPlan, sku }) =>
        supportPlan === "AKSLongTermSupport" && sku?.tier !== "Premium"
            ? refusal("Long term support needs the Premium tier.", "supportPlan")
            : undefined,
    ({ apiServerAccessProfile }) =>
        apiServerAccessProfile?.enablePrivateCluster && apiServerAccessProfile.authorizedIPRanges?.length
            ? refusal("A private cluster has no authorized IP ranges.", "apiServerAccessProfile.authorizedIPRanges")
            : undefined,
    ({ networkProfile = {} }) =>
        networkProfile.networkPluginMode === "overlay" && networkProfile.networkPlugin !== "azure"
            ? refusal("The overlay mode needs the network plugin 'azure'.", "networkProfile.networkPluginMode")
            : undefined,
    ({ networkProfile = {} }) =>
        networkProfile.networkDataplane === "cilium" &&
        (networkProfile.networkPlugin !== "azure" || networkProfile.networkPluginMode !== "overlay")
            ? refusal(
                  "The network dataplane 'cilium' needs the network plugin 'azure' in the mode 'overlay'.",
                  "networkProfile.networkDataplane",
              )
            : undefined,
    ({ networkProfile = {} }) =>
        (networkProfile.networkPolicy === "cilium") !== (networkProfile.networkDataplane === "cilium") &&
        networkProfile.networkPolicy !== undefined &&
        networkProfile.networkPolicy !== "none"
            ? refusal(
                  "The network policy 'cilium' needs the network dataplane 'cilium', which allows no other one.",
                  "networkProfile.networkPolicy",
              )
            : undefined,
];

/** @throws an ArmError for the first rule that is broken. */
export function checkClusterRules(put: PutContext): void {
    for (const rule of rules) {
        const error = rule(put.inputs as unknown as ClusterInputs, put);
        if (error) {
            throw error;
        }
    }
}

function refusal(message: string, target: string): ArmError {
    return new ArmError(400, "InvalidParameter", `The value of parameter '${target}' is invalid: ${message}`, target);
}
