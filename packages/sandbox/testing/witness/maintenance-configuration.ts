import { cassettes } from "./cassettes";
import { none, type Witness } from "./expectation";

const { cluster2025, maintenanceWindow } = cassettes;
const configurations = "providers/Microsoft.ContainerService/managedClusters/aks/maintenanceConfigurations";
const path = `${configurations}/aksManagedAutoUpgradeSchedule`;
const apiVersion = "2025-08-01";
const put = (durationHours: number) =>
    ({
        method: "PUT",
        path,
        apiVersion,
        body: {
            name: "aksManagedAutoUpgradeSchedule",
            properties: {
                maintenanceWindow: {
                    durationHours,
                    notAllowedDates: null,
                    schedule: { weekly: { dayOfWeek: "Saturday", intervalWeeks: 1 } },
                    startTime: "00:00",
                },
                notAllowedTime: null,
                timeInWeek: null,
            },
        },
    }) as const;

export const maintenanceConfiguration: Witness = {
    title: "Maintenance configuration",
    ground: "cluster",
    exchanges: [
        {
            send: put(12),
            facts: [
                {
                    says: "A new one is answered with 200, at once",
                    seen: [cluster2025, 37],
                    status: 200,
                    headers: { "azure-asyncoperation": none },
                },
                {
                    says: "The day of the PUT and the offset of UTC are filled in",
                    seen: [cluster2025, 37],
                    body: {
                        properties: {
                            maintenanceWindow: {
                                startDate: /^\d{4}-\d\d-\d\d$/,
                                utcOffset: "+00:00",
                                durationHours: 12,
                            },
                        },
                    },
                },
                {
                    says: "There is no `type`; `id` keeps `resourceGroups`",
                    seen: [cluster2025, 37],
                    body: {
                        type: none,
                        id: /\/resourceGroups\/rg\/.*\/maintenanceConfigurations\/aksManagedAutoUpgradeSchedule$/,
                    },
                },
            ],
        },
        {
            send: put(8),
            facts: [
                {
                    says: "A later PUT without them keeps day and offset",
                    seen: [cluster2025, 40],
                    status: 200,
                    body: {
                        properties: {
                            maintenanceWindow: {
                                startDate: /^\d{4}-\d\d-\d\d$/,
                                utcOffset: "+00:00",
                                durationHours: 8,
                            },
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                { says: "A DELETE is answered with 200 and no body", seen: [cluster2025, 43], status: 200, body: none },
            ],
        },
        {
            send: { method: "GET", path: configurations, apiVersion },
            facts: [
                { says: "The list is empty then", seen: [maintenanceWindow, 28], status: 200, body: { value: [] } },
            ],
        },
    ],
};
