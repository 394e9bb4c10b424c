import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";

// AKS knows a schedule by its name only. https://learn.microsoft.com/azure/aks/planned-maintenance
const schedules = {
    "cluster-upgrades": "aksManagedAutoUpgradeSchedule",
    "node-image-upgrades": "aksManagedNodeOSUpgradeSchedule",
} as const;

/** Keeps the upgrades of Kubernetes and of node images to one window a week. */
export function createMaintenance(
    name: string,
    cluster: { readonly resourceGroupName: pulumi.Input<string>; readonly clusterName: pulumi.Input<string> },
    window: Settings["maintenanceWindow"],
    opts: pulumi.CustomResourceOptions,
): void {
    for (const [role, configName] of Object.entries(schedules)) {
        new containerservice.MaintenanceConfiguration(
            `${name}-${role}`,
            {
                resourceGroupName: cluster.resourceGroupName,
                resourceName: cluster.clusterName,
                configName,
                maintenanceWindow: {
                    schedule: { weekly: { dayOfWeek: window.day, intervalWeeks: 1 } },
                    startTime: window.startTime,
                    durationHours: window.durationHours,
                    utcOffset: window.utcOffset,
                },
            },
            opts,
        );
    }
}
