import * as assert from "node:assert/strict";
import { createMaintenance } from "../../../components/azure/maintenance";
import { all, deploy } from "../../support/deploy";
import { settings } from "../../support/fixtures";

const window = "azure-native:containerservice:MaintenanceConfiguration";

function windows() {
    const cluster = { resourceGroupName: "group", clusterName: "landfall" };
    return deploy(() => createMaintenance("cluster", cluster, settings("production").maintenanceWindow, {}));
}

describe("createMaintenance", () => {
    it("upgrades Kubernetes and node images in the settings' window only", async () => {
        const made = all((await windows()).resources, window);
        const names = made.map(({ inputs }) => inputs.configName);
        assert.deepEqual(names, ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"]);
        for (const { inputs } of made) {
            assert.deepEqual(inputs.maintenanceWindow, {
                schedule: { weekly: { dayOfWeek: "Thursday", intervalWeeks: 1 } },
                startTime: "01:00",
                durationHours: 4,
                utcOffset: "+00:00",
            });
        }
    });
});
