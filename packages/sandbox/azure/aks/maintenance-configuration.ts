import { ArmError } from "../arm/arm-error";
import { takes } from "../arm/operations";
import type { ResourceProvider } from "../arm/resource-provider";

/** `default` is weekly and has its own fields; the two schedules of automatic upgrades have a maintenance window. */
export const maintenanceConfiguration: ResourceProvider = {
    statuses: [200, 200],
    writing: () => takes(0.4),
    check({ address, inputs }) {
        const { maintenanceWindow, timeInWeek } = inputs as {
            maintenanceWindow?: { schedule?: Record<string, unknown> };
            timeInWeek?: unknown;
        };
        const ownWindow = maintenanceWindow !== undefined && maintenanceWindow.schedule?.weekly === undefined;
        if (address.name === "default" && ownWindow) {
            throw invalid("The configuration 'default' supports only a weekly schedule.", "maintenanceWindow.schedule");
        }
        if (address.name !== "default" && maintenanceWindow === undefined) {
            throw invalid(`The configuration '${address.name}' needs a maintenance window.`, "maintenanceWindow");
        }
        if (address.name !== "default" && timeInWeek !== undefined) {
            throw invalid(`'timeInWeek' is for the configuration 'default' only.`, "timeInWeek");
        }
    },
    /** A window starts on the day on which it was first written, and stays there. */
    properties({ inputs, previous }) {
        const { maintenanceWindow } = inputs as { maintenanceWindow?: object };
        const before = previous?.properties.maintenanceWindow as { startDate?: string } | undefined;
        const startDate = before?.startDate ?? new Date().toISOString().slice(0, 10);
        return maintenanceWindow === undefined
            ? { ...inputs }
            : { ...inputs, maintenanceWindow: { utcOffset: "+00:00", startDate, ...maintenanceWindow } };
    },
};

function invalid(message: string, target: string): ArmError {
    return new ArmError(400, "InvalidParameter", message, target);
}
