/**
 * The components that make sense without the rest of Landfall, for another Pulumi program. `examples/cluster-only` uses
 * some of them.
 */
export { AksCluster, type AksClusterArgs } from "./azure/aks-cluster";
export { BackupStorage, type BackupStorageArgs, type BlobContainer } from "./azure/backup-storage";
export { chooseLogin, type KubeLogin } from "./azure/kubeconfig";
export { ClusterIdentities, type ClusterIdentitiesArgs } from "./azure/cluster-identities";
export { ContainerRegistry, type ContainerRegistryArgs, type RegistryPipeline } from "./azure/container-registry";
export { currentDeployer, type Deployer } from "./azure/deployer";
export { currentCluster, type LiveCluster, type LiveClusterArgs } from "./azure/live-cluster";
export { DnsZone, type DnsZoneArgs } from "./azure/dns-zone";
export { type FleetPlan, type FleetPlanArgs, planFleet } from "./gitops/fleet/fleet-plan";
export { FleetRepository, type FleetRepositoryArgs, type GitAccess } from "./gitops/fleet/fleet-repository";
export { Flux, type FluxArgs } from "./gitops/flux/flux";
export { FluxReadiness, type FluxReadinessArgs } from "./gitops/readiness/flux-readiness";
export { githubApi, type GitHubApi, type RepositoryName } from "./gitops/fleet/github-api";
export type { GitHubApp, GitHubLogin } from "./settings/github-login";
export { type Grant, grantRole, type Principal } from "./azure/role-grant";
export { KeyVault, type KeyVaultArgs } from "./azure/key-vault";
export { loadManifestTree, type ManifestTree } from "./gitops/fleet/manifest-tree";
export { type CommitMode, ManifestCommit, type ManifestCommitArgs } from "./gitops/fleet/manifest-commit";
export { Network, type NetworkArgs } from "./azure/network";
export { NodePools, type NodePoolsArgs } from "./azure/node-pools";
export { ResourceGroups, type ResourceGroupsArgs } from "./azure/resource-groups";
export * as roles from "./azure/roles";
export { UserError } from "./user-error";
export { WorkloadIdentity, type WorkloadIdentityArgs } from "./azure/workload-identity";
