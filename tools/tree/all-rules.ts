import type { Rule } from "./rule";
import { aksSystems } from "./rules/aks-systems";
import { alertRoutes } from "./rules/alert-routes";
import { alerts } from "./rules/alerts";
import { artifacts } from "./rules/artifacts";
import { builds } from "./rules/builds";
import { charts } from "./rules/charts";
import { containers } from "./rules/containers";
import { databaseArchives } from "./rules/database-archives";
import { definitions } from "./rules/definitions";
import { dependencies } from "./rules/dependencies";
import { disruptionBudgets } from "./rules/disruption-budgets";
import { environments } from "./rules/environments";
import { files } from "./rules/files";
import { healthChecks } from "./rules/health-checks";
import { idleValues } from "./rules/idle-values";
import { imageAutomation } from "./rules/image-automation";
import { images } from "./rules/images";
import { ingressClasses } from "./rules/ingress-classes";
import { issuers } from "./rules/issuers";
import { layerOrder } from "./rules/layer-order";
import { layerSettings } from "./rules/layer-settings";
import { layerTable } from "./rules/layer-table";
import { meshes } from "./rules/meshes";
import { metrics } from "./rules/metrics";
import { monitors } from "./rules/monitors";
import { namespaces } from "./rules/namespaces";
import { networkPolicies } from "./rules/network-policies";
import { networkPolicyTargets } from "./rules/network-policy-targets";
import { objectsOnce } from "./rules/objects-once";
import { openPages } from "./rules/open-pages";
import { overlays } from "./rules/overlays";
import { pins } from "./rules/pins";
import { podSecurity } from "./rules/pod-security";
import { preReleases } from "./rules/pre-releases";
import { priorityClasses } from "./rules/priority-classes";
import { pruning } from "./rules/pruning";
import { references } from "./rules/references";
import { releaseRecords } from "./rules/release-records";
import { releaseResources } from "./rules/release-resources";
import { releases } from "./rules/releases";
import { renderings } from "./rules/renderings";
import { repositories } from "./rules/repositories";
import { schemas } from "./rules/schemas";
import { secretVariables } from "./rules/secret-variables";
import { secrets } from "./rules/secrets";
import { servedVersions } from "./rules/served-versions";
import { serviceAccounts } from "./rules/service-accounts";
import { signatures } from "./rules/signatures";
import { singlePods } from "./rules/single-pods";
import { sourceAddresses } from "./rules/source-addresses";
import { systems } from "./rules/systems";
import { tenantLimits } from "./rules/tenant-limits";
import { tenantRole } from "./rules/tenant-role";
import { tenants } from "./rules/tenants";
import { valueTypes } from "./rules/value-types";
import { values } from "./rules/values";
import { variables } from "./rules/variables";
import { volumes } from "./rules/volumes";
import { webhookNamespaces } from "./rules/webhook-namespaces";
import { webhooks } from "./rules/webhooks";

/** Every rule of the tree by the name that its findings carry, which is that of its file. */
export const allRules: Readonly<Record<string, Rule>> = {
    "aks-systems": aksSystems,
    "alert-routes": alertRoutes,
    alerts,
    artifacts,
    builds,
    charts,
    containers,
    "database-archives": databaseArchives,
    definitions,
    dependencies,
    "disruption-budgets": disruptionBudgets,
    environments,
    files,
    "health-checks": healthChecks,
    "idle-values": idleValues,
    "image-automation": imageAutomation,
    images,
    "ingress-classes": ingressClasses,
    issuers,
    "layer-order": layerOrder,
    "layer-settings": layerSettings,
    "layer-table": layerTable,
    meshes,
    metrics,
    monitors,
    namespaces,
    "network-policies": networkPolicies,
    "network-policy-targets": networkPolicyTargets,
    "objects-once": objectsOnce,
    "open-pages": openPages,
    overlays,
    "pod-security": podSecurity,
    pins,
    "pre-releases": preReleases,
    "priority-classes": priorityClasses,
    pruning,
    references,
    "release-records": releaseRecords,
    "release-resources": releaseResources,
    releases,
    renderings,
    repositories,
    schemas,
    "secret-variables": secretVariables,
    secrets,
    "served-versions": servedVersions,
    "service-accounts": serviceAccounts,
    signatures,
    "single-pods": singlePods,
    "source-addresses": sourceAddresses,
    systems,
    "tenant-limits": tenantLimits,
    "tenant-role": tenantRole,
    tenants,
    "value-types": valueTypes,
    values,
    variables,
    volumes,
    "webhook-namespaces": webhookNamespaces,
    webhooks,
};
