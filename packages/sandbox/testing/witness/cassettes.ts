import type { Cassette } from "./expectation";

const operator = "Azure/azure-service-operator:v2/internal/controllers/recordings";
const samples = "Azure/azure-service-operator:v2/internal/testsamples/recordings/Test_Samples_CreationAndDeletion";
const cli = (module: string, test: string, recorded: string): Cassette => ({
    file: `Azure/azure-cli:src/azure-cli/azure/cli/command_modules/${module}/tests/latest/recordings/${test}.yaml`,
    recorded,
});
const controller = (test: string, recorded?: string): Cassette => ({
    file: `${operator}/${test}.yaml`,
    ...(recorded === undefined ? {} : { recorded }),
});

/** Test recordings that the facts were read from. All are data of repositories under the MIT licence. */
export const cassettes = {
    resourceGroup: controller("Test_Resources_ResourceGroup_CRUD", "2026-07-23"),
    cluster2025: controller("Test_AKS_ManagedCluster_20250801_CRUD", "2026-01-24"),
    cluster2024: controller("Test_AKS_ManagedCluster_20240901_CRUD", "2026-01-25"),
    defaultServiceMsi: cli("acs", "test_aks_create_default_service_msi", "2024-07-22"),
    workloadIdentity: cli("acs", "test_aks_create_with_workload_identity_enabled", "2023-06-29"),
    keyvaultAddon: cli("acs", "test_aks_create_with_azurekeyvaultsecretsprovider_addon", "2023-06-29"),
    azureRbac: cli("acs", "test_managed_aad_enable_azure_rbac", "2023-06-29"),
    tierSwitch: cli("acs", "test_aks_upgrade_with_tier_switch", "2024-09-21"),
    poolScale: cli("acs", "test_aks_nodepool_create_scale_delete_msi", "2023-06-29"),
    poolAutoscaler: cli("acs", "test_aks_nodepool_autoscaler_then_update", "2023-06-29"),
    poolTaints: cli("acs", "test_aks_nodepool_update_taints_msi", "2023-06-29"),
    customPoolName: cli("acs", "test_aks_create_scale_with_custom_nodepool_name_msi", "2023-06-29"),
    managedAad: cli("acs", "test_aks_create_nonaad_and_update_with_managed_aad_msi", "2023-06-29"),
    maintenanceWindow: cli("acs", "test_aks_maintenancewindow", "2023-07-25"),
    vaultSample: { file: `${samples}/Test_Keyvault_v1api20230701_CreationAndDeletion.yaml`, recorded: "2025-03-31" },
    vaultRecover: controller("Test_KeyVault_WhenRecoverSpecified_RecoversSuccessfully", "2025-03-31"),
    vaultSoftDelete: cli("keyvault", "test_keyvault_softdelete", "2023-11-06"),
    secretSoftDelete: cli("keyvault", "test_keyvault_secret_soft_delete", "2023-07-25"),
    storage: controller("Test_Storage_StorageAccount_20250601_CRUD", "2026-01-13"),
    storageUnfinished: controller("Test_CreateStorageAccountWithSkipReconcile_SecretsAreWritten", "2025-03-31"),
    storageV2: cli("storage", "test_create_storage_account_v2", "2024-06-19"),
    storageExitCodes: cli("storage", "test_storage_account_show_exit_codes", "2024-06-19"),
    blobVersioning: cli("storage", "test_storage_account_update_versioning", "2024-06-19"),
    managementPolicy: cli("storage", "test_management_policy", "2024-06-19"),
    registry2025: controller("Test_ContainerRegistry_Registry_20230701_CRUD", "2025-01-22"),
    registry2023: cli("acr", "test_acr_create_with_managed_registry", "2023-12-21"),
    dnsZone: controller("Test_Networking_DnsZone_CRUD", "2026-07-23"),
    dnsDelegation: cli("network", "test_dns_delegation", "2024-11-22"),
    dnsIfMatch: cli("network", "test_dns_zone_update_if_match", "2024-11-22"),
    network: controller("Test_Networking_VirtualNetwork_20250301_CRUD", "2026-04-04"),
    subnet: controller("Test_Networking_Subnet_CreatedThenVNETUpdated_20250301_SubnetStillExists", "2026-04-04"),
    securityGroup: controller("Test_Networking_NetworkSecurityGroup_20250301_CRUD", "2026-04-04"),
    firewall: controller("Test_Networking_Firewall_20240301_CRUD", "2025-07-14"),
    virtualMachine: controller("Test_Compute_VM_20201201_CRUD", "2026-07-23"),
    identity: controller("Test_ManagedIdentity_UserAssignedIdentity_20230131_CRUD"),
    identitySample: {
        file: `${samples}/Test_Managedidentity_v1api20230131_CreationAndDeletion.yaml`,
        recorded: "2024-03-06",
    },
    roleAssignment: controller("Test_Authorization_RoleAssignment_OnResourceGroup_CRUD", "2024-06-11"),
    roleAssignmentUpdate: cli("role", "test_role_assignment_create_update", "2023-08-23"),
    registryIdentity: cli("containerapp", "test_containerapp_registry_identity_user", "2024-04-18"),
    grafana: {
        file: "Azure/azure-cli-extensions:src/amg/azext_amg/tests/latest/recordings/test_amg_e2e.yaml",
        recorded: "2024-11-07",
    },
    roleDefinition: controller("Test_Authorization_RoleDefinitionSubscriptionScope_CRUD", "2024-06-11"),
    managementLock: cli("resource", "test_cannotdelete_resource_group_lock", "2021-07-07"),
} satisfies Record<string, Cassette>;
