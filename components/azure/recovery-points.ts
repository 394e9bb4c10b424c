import { gunzipSync } from "node:zlib";
import { type ContainerAccess, listFolder, readBlob, readBytes } from "./blob-reader";

/** A completed backup in the durable storage, from which a store can come back. */
export interface Backup {
    /** The folder of the container that it is in, without a final slash. */
    readonly folder: string;
    /** The cluster that wrote it: what the program calls its generation. */
    readonly generation: string;
    /** The writer's own name of it. */
    readonly name: string;
    readonly begun: Date;
    readonly completed: Date;
}

/** The generation of a cluster: what tells it from one that is made later under the same name. */
export function generationOf(clusterUid: string): string {
    return clusterUid.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/**
 * The completed base backups of PostgreSQL, whichever cluster wrote them, the newest first. Barman has a folder for
 * each server, which the tree calls `postgresql-<generation>-<major>`, and in it `base/<backup>/backup.info`.
 *
 * @throws Error if the container cannot be read.
 */
export async function postgresqlBackups(access: ContainerAccess): Promise<readonly Backup[]> {
    const { folders } = await listFolder(access, "");
    const found: Backup[] = [];
    for (const folder of folders) {
        const generation = /^postgresql-([a-z0-9]+)-\d+\/$/.exec(folder)?.[1];
        if (generation !== undefined) {
            const bases = await listFolder(access, `${folder}base/`);
            const backups = await Promise.all(bases.folders.map((base) => baseBackup(access, base)));
            found.push(
                ...backups.flatMap((each) => (each ? [{ ...each, generation, folder: folder.slice(0, -1) }] : [])),
            );
        }
    }
    return newestFirst(found);
}

/** A backup of Velero, whichever cluster made it. */
export interface VeleroBackup {
    readonly name: string;
    readonly completed: Date;
}

/**
 * The completed backups of everything that Velero made, the newest first; without those of a few namespaces, or of what
 * has a label. Velero has a folder for each, `backups/<name>`, and writes `velero-backup.json` in it last.
 *
 * @see https://velero.io/docs/v1.16/output-file-format/
 * @throws Error if the container cannot be read.
 */
export async function veleroBackups(access: ContainerAccess): Promise<readonly VeleroBackup[]> {
    const { folders } = await listFolder(access, "backups/");
    const found = await Promise.all(folders.map((folder) => veleroBackup(access, folder)));
    return newestFirst(found.flatMap((each) => each ?? []));
}

/** The claims of volumes in a backup of Velero, as `namespace/name`. @throws Error if the container cannot be read. */
export async function claimsIn(access: ContainerAccess, backup: string): Promise<readonly string[]> {
    const list = await readBytes(access, `backups/${backup}/${backup}-resource-list.json.gz`);
    const names = JSON.parse(gunzipSync(list).toString("utf8")) as Readonly<Record<string, readonly string[]>>;
    return names["v1/PersistentVolumeClaim"] ?? [];
}

async function veleroBackup(access: ContainerAccess, folder: string): Promise<VeleroBackup | undefined> {
    const file = `${folder}velero-backup.json`;
    const { blobs } = await listFolder(access, folder);
    // Without it, the backup is being made or deleted.
    const { metadata, spec, status } = (blobs.includes(file) ? JSON.parse(await readBlob(access, file)) : {}) as {
        readonly metadata?: { readonly name: string };
        readonly spec?: {
            readonly includedNamespaces?: readonly string[];
            readonly labelSelector?: { readonly matchLabels?: object };
        };
        readonly status?: { readonly phase?: string; readonly completionTimestamp?: string };
    };
    const completed = timeOf(status?.completionTimestamp);
    const isPart =
        spec?.labelSelector?.matchLabels !== undefined ||
        (spec?.includedNamespaces ?? ["*"]).some((namespace) => namespace !== "*");
    return metadata && status?.phase === "Completed" && completed && !isPart
        ? { name: metadata.name, completed }
        : undefined;
}

/**
 * The newest backup of another generation, which is what a new cluster comes back from; one that was completed by a
 * certain time, if there is one. Undefined if no other generation left a backup.
 */
export function recoveryPoint(backups: readonly Backup[], generation: string, by?: Date): Backup | undefined {
    return newestFirst(backups).find((each) => each.generation !== generation && (!by || each.completed <= by));
}

/**
 * The generation that a cluster's database archives as. It is the cluster's own, unless another cluster has had the
 * database since this one last did: an archive has one writer and one beginning, so each time that a cluster takes over
 * gets one more, `<generation>t2` and so on.
 */
export function archiveOf(backups: readonly Backup[], generation: string): string {
    const time = (each: Backup) => timeOfArchive(each.generation, generation);
    const own = backups.map(time).filter((number) => number !== undefined);
    const [newest] = newestFirst(backups);
    const last = Math.max(1, ...own);
    const isOvertaken = own.length > 0 && newest !== undefined && time(newest) === undefined;
    const number = isOvertaken ? last + 1 : last;
    return number === 1 ? generation : `${generation}t${number}`;
}

/** Which of a cluster's archives it is, from 1 on; undefined for another cluster's. */
function timeOfArchive(archive: string, generation: string): number | undefined {
    if (!archive.startsWith(generation)) {
        return undefined;
    }
    const [, number] = /^t(\d+)$/.exec(archive.slice(generation.length)) ?? [];
    return archive === generation ? 1 : number === undefined ? undefined : Number(number);
}

function newestFirst<Each extends { readonly completed: Date }>(backups: readonly Each[]): Each[] {
    return [...backups].sort((left, right) => right.completed.getTime() - left.completed.getTime());
}

async function baseBackup(access: ContainerAccess, folder: string) {
    const file = `${folder}backup.info`;
    // It is written when the backup begins, and again when it ends. Without it, the backup is being deleted.
    const { blobs } = await listFolder(access, folder);
    const info = blobs.includes(file) ? parseInfo(await readBlob(access, file)) : {};
    const [begun, completed] = [timeOf(info.begin_time), timeOf(info.end_time)];
    const name = folder.split("/").at(-2) ?? "";
    return info.status === "DONE" && begun && completed ? { name, begun, completed } : undefined;
}

function parseInfo(text: string): Readonly<Record<string, string>> {
    const lines = text.split("\n").map((line) => /^([a-z_]+)=(.*)$/.exec(line));
    return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1] ?? "", line[2] ?? ""]] : [])));
}

/** A time, also as Python writes it: `2026-11-27 01:30:05.123456+00:00`. */
function timeOf(text: string | undefined): Date | undefined {
    const time = new Date((text ?? "").replace(" ", "T"));
    return Number.isNaN(time.getTime()) ? undefined : time;
}
