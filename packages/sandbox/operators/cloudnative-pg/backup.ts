import { type CustomObject, defineKind, type Installed, type Kind } from "../operator";
import { setStatus, timeOf } from "../status";
import { withArchive } from "./archive";
import { archiverOf, majorOf } from "./bootstrap";
import { backups, type Cluster, clusters } from "./types";

interface Backup extends CustomObject {
    readonly spec: { readonly cluster: { readonly name: string }; readonly method?: string };
    readonly status?: { readonly phase?: string; readonly error?: string };
}

/**
 * CloudNativePG's Backup through the plugin: a base backup in the archive of its cluster, described as Barman does,
 * once the archive takes the write-ahead log. It has no content.
 */
export const backupKind: Kind = defineKind<Backup>({
    ...backups,
    async reconcile(backup, installed) {
        if (backup.status?.phase === "completed") {
            return undefined;
        }
        const result = await backUp(backup, installed).catch((error: unknown) => ({
            ...{ phase: "failed", error: error instanceof Error ? error.message : String(error) },
        }));
        await setStatus(installed.api, backups, backup, result);
        return result.phase === "completed" ? undefined : 2000;
    },
});

async function backUp({ spec, metadata }: Backup, installed: Installed): Promise<Readonly<Record<string, unknown>>> {
    const { group, version, plural } = clusters;
    const path = `/apis/${group}/${version}/namespaces/${metadata.namespace}/${plural}/${spec.cluster.name}`;
    const cluster = await installed.api.find<Cluster>(path);
    if (spec.method !== "plugin") {
        throw new Error("the sandbox stands in for method plugin, and for no other");
    }
    const { systemID, timelineID = 1, conditions } = cluster?.status ?? {};
    const archiver = cluster && archiverOf(cluster);
    const archives = conditions?.find(({ type }) => type === "ContinuousArchiving");
    if (!cluster || !archiver || !systemID || archives?.status !== "True") {
        return archives?.status === "False" ? { phase: "walArchivingFailing" } : { phase: "pending" };
    }
    const made = await withArchive(cluster, installed, archiver, (archive) =>
        archive.backUp(systemID, timelineID, majorOf(cluster)),
    );
    return {
        ...{ phase: "completed", method: "plugin", backupId: made.id, serverName: archiver.parameters?.serverName },
        ...{ startedAt: timeOf(made.begun), stoppedAt: timeOf(made.completed), beginWal: made.beginWal, error: null },
    };
}
