import type { ContainerAccess } from "../../components/azure/blob-reader";
import { claimsIn, postgresqlBackups, veleroBackups } from "../../components/azure/recovery-points";
import type { RestoredVolumes } from "../../components/recovery/restored-volumes";
import { kindOf, type StateResource } from "../../components/recovery/stack-state";
import { accessToken } from "../status/read/azure";

/** Something that holds data, and the backup that it comes back from. */
export interface Store {
    readonly name: string;
    /** When the newest good backup was completed, in RFC 3339. @default - there is none, or `unknown` says why */
    readonly backupOf?: string | undefined;
    /** The backup's name, and what comes with it. */
    readonly from?: string | undefined;
    /** The volumes that the backup has. */
    readonly volumes?: RestoredVolumes | undefined;
    /** Why nobody knows. */
    readonly unknown?: string | undefined;
    /** What is typed to bring it back; without it, it comes back by itself. */
    readonly restore?: string | undefined;
}

/** The stores whose backups are in the durable storage. What cannot be read is not known, and no more. */
export async function readStores(survives: readonly StateResource[]): Promise<readonly Store[]> {
    const account = storageAccountOf(survives);
    if (account === undefined) {
        return [];
    }
    return Promise.all([store("PostgreSQL", postgresql, account), store("Volumes and objects", velero, account)]);
}

/** The name of the account that has the backups. */
export function storageAccountOf(resources: readonly StateResource[]): string | undefined {
    return resources
        .find((resource) => kindOf(resource) === "StorageAccount")
        ?.id?.split("/")
        .at(-1);
}

async function store(
    name: string,
    read: (access: (container: string) => ContainerAccess) => Promise<Omit<Store, "name">>,
    account: string,
): Promise<Store> {
    try {
        const token = await accessToken("https://storage.azure.com");
        return { name, ...(await read((container) => ({ account, container, token }))) };
    } catch (error) {
        return { name, unknown: error instanceof Error ? error.message : String(error) };
    }
}

async function postgresql(access: (container: string) => ContainerAccess): Promise<Omit<Store, "name">> {
    const [newest] = await postgresqlBackups(access("postgresql"));
    return newest === undefined
        ? {}
        : {
              backupOf: newest.completed.toISOString(),
              from: `${newest.folder}/base/${newest.name}, and the write-ahead log archived after it`,
          };
}

async function velero(access: (container: string) => ContainerAccess): Promise<Omit<Store, "name">> {
    const [newest] = await veleroBackups(access("velero"));
    if (newest === undefined) {
        return {};
    }
    const { name } = newest;
    const claims = await claimsIn(access("velero"), name);
    return {
        backupOf: newest.completed.toISOString(),
        from: claims.length === 0 ? name : `${name}, with volumes ${claims.join(", ")}`,
        volumes: { backup: name, claims },
        // It leaves alone what is there: objects that Flux has made, and volumes.
        restore: `velero restore create --from-backup ${name} --wait; volumes that are there: docs/rebuild.md#volumes`,
    };
}

/** A line for each store: the backup that it comes back from, and how old that is at a time. */
export function storeLines(stores: readonly Store[], at: Date): string[] {
    return stores.map(({ name, backupOf, from, unknown }) => {
        if (unknown !== undefined) {
            return `  ${name}  not known: ${unknown}`;
        }
        return backupOf === undefined
            ? `  ${name}  there is no backup: what it holds is lost`
            : `  ${name}  ${age(backupOf, at)} old: ${from ?? ""}`;
    });
}

function age(time: string, at: Date): string {
    const minutes = Math.max(0, Math.round((at.getTime() - Date.parse(time)) / 60_000));
    return minutes < 120
        ? `${minutes} min`
        : minutes < 48 * 60
          ? `${Math.round(minutes / 60)} h`
          : `${Math.round(minutes / 1440)} days`;
}
