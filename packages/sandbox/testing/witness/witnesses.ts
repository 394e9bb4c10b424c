import { agentPool } from "./agent-pool";
import { managementLock, roleAssignment, roleDefinition } from "./authorization";
import { blobStorage } from "./blob-storage";
import { containerRegistry } from "./container-registry";
import { dnsZoneAndRecords } from "./dns";
import type { Witness } from "./expectation";
import { userAssignedIdentity } from "./identity";
import { keyVault, keyVaultKey } from "./key-vault";
import { maintenanceConfiguration } from "./maintenance-configuration";
import { managedCluster } from "./managed-cluster";
import { networkSecurityGroup, virtualNetwork } from "./network";
import { resourceGroup } from "./resource-group";
import { storageAccount } from "./storage-account";

/** Every resource type of the program that recorded exchanges were found of. */
export const witnesses: readonly Witness[] = [
    resourceGroup,
    managedCluster,
    agentPool,
    maintenanceConfiguration,
    keyVault,
    keyVaultKey,
    storageAccount,
    blobStorage,
    containerRegistry,
    dnsZoneAndRecords,
    virtualNetwork,
    networkSecurityGroup,
    userAssignedIdentity,
    roleAssignment,
    roleDefinition,
    managementLock,
];
