/** What tests outside of this package may use of it: parts of the outside world in the test's own process. */
export { TestApiServer } from "./api-server";
export { armType } from "../azure/arm/resource-id";
export { findType } from "../azure/arm/resource-types";
export { checkSchema } from "../azure/arm/schema-check";
export type { App as GitHubAppOptions } from "../github/apps";
export { createGitHub, type GitHub } from "../github/github";
export { roles } from "./azure-cluster";
export { witnessPage } from "./witness/page";
export { IdentitySubscription, type TestIdentity, textOf } from "./azure-identity";
export { type AzureProxy, startAzureProxy } from "./azure-proxy";
export { deployer, subscription, subscriptionId, tenantId, TestSubscription } from "./azure-subscription";
export { Egress } from "../cluster/egress";
export type { Pod } from "../cluster/pod";
export { type ChartWorld, startChartWorld } from "./chart-world";
export { expiredAuthority } from "./expired-authority";
export { type PipelineWorld, startPipelineWorld } from "./pipeline-world";
export { openPorts, otherUser, saidTo } from "./other-user";
export { readingPermissions } from "../world/world";
