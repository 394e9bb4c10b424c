import type { Behaviour } from "../behaviour";
import { agentPool } from "./agent-pool";
import { managementLock, roleAssignment, roleDefinition } from "./authorization";
import { cacheRule, registry } from "./container-registry";
import { recordSet, zone } from "./dns";
import { key, vault } from "./key-vault";
import { secret } from "./key-vault-secret";
import { maintenanceConfiguration } from "./maintenance-configuration";
import { managedCluster, type RunningClusters } from "./managed-cluster";
import { federatedIdentityCredential, userAssignedIdentity } from "./managed-identity";
import {
    azureMonitorWorkspace,
    dataCollectionRule,
    dataCollectionRuleAssociation,
    diagnosticSetting,
    logAnalyticsWorkspace,
} from "./monitor";
import { natGateway, networkSecurityGroup, privateEndpoint, publicIpAddress, subnet, virtualNetwork } from "./network";
import { resourceGroup } from "./resource-group";
import { blobContainer, blobServiceProperties, managementPolicy, storageAccount } from "./storage";

/** By the token of the type. A type without behaviour of its own shows its inputs. */
export function behaviours(running: RunningClusters): ReadonlyMap<string, Behaviour> {
    return new Map(
        Object.entries({
            "authorization:ManagementLockByScope": managementLock,
            "authorization:RoleAssignment": roleAssignment,
            "authorization:RoleDefinition": roleDefinition,
            "containerregistry:CacheRule": cacheRule,
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
            "monitor:AzureMonitorWorkspace": azureMonitorWorkspace,
            "monitor:DataCollectionRule": dataCollectionRule,
            "monitor:DataCollectionRuleAssociation": dataCollectionRuleAssociation,
            "monitor:DiagnosticSetting": diagnosticSetting,
            "network:NatGateway": natGateway,
            "network:NetworkSecurityGroup": networkSecurityGroup,
            "network:PrivateEndpoint": privateEndpoint,
            "network:PublicIPAddress": publicIpAddress,
            "network:Subnet": subnet,
            "network:VirtualNetwork": virtualNetwork,
            "operationalinsights:Workspace": logAnalyticsWorkspace,
            "resources:ResourceGroup": resourceGroup,
            "storage:BlobContainer": blobContainer,
            "storage:BlobServiceProperties": blobServiceProperties,
            "storage:ManagementPolicy": managementPolicy,
            "storage:StorageAccount": storageAccount,
        } satisfies Record<string, Behaviour>),
    );
}
