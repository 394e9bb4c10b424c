import { agentPool } from "./aks/agent-pool";
import { maintenanceConfiguration } from "./aks/maintenance-configuration";
import { managedCluster, type RunningClusters } from "./aks/managed-cluster";
import { managementLock, roleAssignment, roleDefinition } from "./arm/authorization";
import { resourceGroup } from "./arm/resource-group";
import type { ResourceProvider } from "./arm/resource-provider";
import { immutabilityPolicy } from "./blob/immutability";
import { blobContainer, blobServiceProperties, managementPolicy, storageAccount } from "./blob/storage";
import { recordSet, zone } from "./dns/dns";
import { federatedIdentityCredential, userAssignedIdentity } from "./entra/managed-identity";
import { key, vault } from "./key-vault/key-vault";
import { secret } from "./key-vault/key-vault-secret";
import { networkSecurityGroup, subnet, virtualNetwork } from "./network/network";
import { registry } from "./registry/container-registry";

/** By the token of the type. A type without a provider shows its inputs. */
export function resourceProviders(running: RunningClusters): ReadonlyMap<string, ResourceProvider> {
    return new Map(
        Object.entries({
            "authorization:ManagementLockByScope": managementLock,
            "authorization:RoleAssignment": roleAssignment,
            "authorization:RoleDefinition": roleDefinition,
            "containerregistry:Registry": registry,
            "containerservice:AgentPool": agentPool,
            "containerservice:MaintenanceConfiguration": maintenanceConfiguration,
            "containerservice:ManagedCluster": managedCluster(running),
            "dns:RecordSet": recordSet,
            "dns:Zone": zone,
            "keyvault:Key": key,
            "keyvault:Secret": secret,
            "keyvault:Vault": vault,
            "managedidentity:FederatedIdentityCredential": federatedIdentityCredential,
            "managedidentity:UserAssignedIdentity": userAssignedIdentity,
            "network:NetworkSecurityGroup": networkSecurityGroup,
            "network:Subnet": subnet,
            "network:VirtualNetwork": virtualNetwork,
            "resources:ResourceGroup": resourceGroup,
            "storage:BlobContainer": blobContainer,
            "storage:BlobContainerImmutabilityPolicy": immutabilityPolicy,
            "storage:BlobServiceProperties": blobServiceProperties,
            "storage:ManagementPolicy": managementPolicy,
            "storage:StorageAccount": storageAccount,
        } satisfies Record<string, ResourceProvider>),
    );
}
