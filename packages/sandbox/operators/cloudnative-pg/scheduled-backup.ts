import { type CustomObject, defineKind, type Kind } from "../operator";
import { now, setStatus } from "../status";
import { clusters, scheduledBackups } from "./types";

interface ScheduledBackup extends CustomObject {
    readonly spec: { readonly schedule: string; readonly cluster: { readonly name: string } };
    readonly status?: { readonly lastCheckTime?: string; readonly error?: string };
}

/**
 * CloudNativePG's ScheduledBackup: that its schedule has the six fields that the operator wants, and that its cluster
 * is there. It makes no Backup, since there is no data to back up: that a backup succeeds is not proved.
 */
export const scheduledBackupKind: Kind = defineKind<ScheduledBackup>({
    ...scheduledBackups,
    async reconcile(backup, { api }) {
        const { schedule, cluster } = backup.spec;
        const { namespace } = backup.metadata;
        const { group, version, plural } = clusters;
        const found = await api.find(`/apis/${group}/${version}/namespaces/${namespace}/${plural}/${cluster.name}`);
        const isSchedule = /^@\w+/.test(schedule) || schedule.trim().split(/\s+/).length === 6;
        const error = isSchedule
            ? found
                ? undefined
                : `clusters.postgresql.cnpg.io "${cluster.name}" not found`
            : `schedule ${JSON.stringify(schedule)} has not the six fields that CloudNativePG wants, seconds first`;
        await setStatus(api, scheduledBackups, backup, {
            lastCheckTime: backup.status?.lastCheckTime ?? now(),
            ...(error !== backup.status?.error && { error: error ?? null }),
        });
        return error === undefined ? undefined : 2000;
    },
});
