import { type CustomObject, defineKind, type Kind } from "../operator";
import { setStatus } from "../status";

interface Schedule extends CustomObject {
    readonly spec: { readonly schedule: string; readonly paused?: boolean };
}

const schedules = { group: "velero.io", version: "v1", plural: "schedules" } as const;

/**
 * Velero's Schedule: Enabled when its cron expression has the five fields that Velero wants, or is one of its words,
 * and FailedValidation otherwise. It makes no Backup: that one succeeds, and can be restored, is not proved.
 */
export const scheduleKind: Kind = defineKind<Schedule>({
    ...schedules,
    async reconcile(schedule, { api }) {
        const { schedule: cron } = schedule.spec;
        const isValid = /^@(every \S+|\w+)$/.test(cron.trim()) || cron.trim().split(/\s+/).length === 5;
        await setStatus(api, schedules, schedule, {
            phase: isValid ? "Enabled" : "FailedValidation",
            validationErrors: isValid ? [] : [`invalid schedule: expected exactly 5 fields: ${JSON.stringify(cron)}`],
        });
        return undefined;
    },
});
