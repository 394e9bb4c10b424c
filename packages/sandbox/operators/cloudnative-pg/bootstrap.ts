import { randomInt } from "node:crypto";
import type { Installed } from "../operator";
import { type Archive, withArchive } from "./archive";
import type { Cluster, Plugin } from "./types";

/** What a physical backup keeps of a database, and what recovery adds to it. */
export interface Identity {
    readonly systemID: string;
    readonly timelineID: number;
}

/** The plugin that archives the write-ahead log of a cluster. */
export function archiverOf({ spec }: Cluster): Plugin | undefined {
    return spec.plugins?.find(({ enabled, isWALArchiver }) => enabled !== false && isWALArchiver === true);
}

/**
 * What the first instance begins with: a database of its own, or that of a base backup. Recovery refuses what the
 * plugin's restore job refuses: an archive of its own that is not empty, no backup (by the target time), a backup whose
 * first segment is gone, and one of another major than the image's.
 *
 * @throws Error with the reason.
 */
export async function bootstrap(cluster: Cluster, installed: Installed): Promise<Identity> {
    const { recovery } = cluster.spec.bootstrap ?? {};
    if (!recovery) {
        // PostgreSQL makes it of the time and its process, so that no two are alike.
        return {
            systemID: `7${String(randomInt(10 ** 9)).padStart(9, "0")}${randomInt(10 ** 8, 10 ** 9)}`,
            timelineID: 1,
        };
    }
    const source = cluster.spec.externalClusters?.find(({ name }) => name === recovery.source)?.plugin;
    if (!source) {
        throw new Error(`External cluster ${recovery.source} not found`);
    }
    const own = archiverOf(cluster);
    if (own) {
        await withArchive(cluster, installed, own, (archive) => archive.requireEmpty());
    }
    return withArchive(cluster, installed, source, (archive) =>
        recover(archive, recovery.recoveryTarget?.targetTime, majorOf(cluster)),
    );
}

async function recover(archive: Archive, targetTime: string | undefined, major: string): Promise<Identity> {
    const by = targetTime === undefined ? undefined : new Date(targetTime);
    const backup = (await archive.backups()).find(({ completed }) => !by || completed <= by);
    if (!backup) {
        throw new Error(`no target backup found in ${archive.server}`);
    }
    if (!(await archive.has(backup.beginWal))) {
        throw new Error(
            `encountered an error while checking the presence of first needed WAL in the archive: ${backup.beginWal} not found`,
        );
    }
    if (backup.major !== major) {
        throw new Error(
            `The data directory was initialized by PostgreSQL version ${backup.major}, which is not compatible with this version ${major}`,
        );
    }
    return { systemID: backup.systemId, timelineID: backup.timeline + 1 };
}

export function majorOf({ spec }: Cluster): string {
    return /:(\d+)/.exec(spec.imageName ?? "")?.[1] ?? "18";
}
