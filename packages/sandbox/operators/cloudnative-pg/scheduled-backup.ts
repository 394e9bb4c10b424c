import { type Child, createMissing } from "../children";
import { type CustomObject, defineKind, type Kind } from "../operator";
import { now, setStatus } from "../status";
import { clusters, scheduledBackups } from "./types";

interface ScheduledBackup extends CustomObject {
    readonly spec: {
        readonly schedule: string;
        readonly immediate?: boolean;
        readonly cluster: { readonly name: string };
        readonly method?: string;
        readonly pluginConfiguration?: object;
    };
    readonly status?: { readonly lastCheckTime?: string; readonly lastScheduleTime?: string; readonly error?: string };
}

/**
 * CloudNativePG's ScheduledBackup: that its schedule has the six fields that the operator wants, and that its cluster
 * is there. It makes the first Backup of one that is `immediate`, and none when its time comes.
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
        if (error === undefined && backup.spec.immediate === true && !backup.status?.lastScheduleTime) {
            await createMissing(api, backup, firstBackup(backup));
            await setStatus(api, scheduledBackups, backup, { lastScheduleTime: now() });
        }
        await setStatus(api, scheduledBackups, backup, {
            lastCheckTime: backup.status?.lastCheckTime ?? now(),
            ...(error !== backup.status?.error && { error: error ?? null }),
        });
        return error === undefined ? undefined : 2000;
    },
});

function firstBackup({ metadata, spec }: ScheduledBackup): Child {
    const { cluster, method, pluginConfiguration } = spec;
    const time = now().replace(/[^0-9]/g, "");
    return {
        ...{ apiVersion: "postgresql.cnpg.io/v1", kind: "Backup", spec: { cluster, method, pluginConfiguration } },
        metadata: {
            name: `${metadata.name}-${time}`,
            labels: {
                "cnpg.io/cluster": cluster.name,
                "cnpg.io/scheduled-backup": metadata.name,
                "cnpg.io/immediateBackup": "true",
            },
        },
    };
}
