import { setTimeout as sleep } from "node:timers/promises";
import { CustomObjectsApi, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { RebuildError } from "../rebuild/rebuild-error";

/** What there is of a database in a cluster. */
export interface DatabaseState {
    /** Whether it takes no connections and writes nothing, its volumes apart from what it was. */
    readonly isStopped: boolean;
    /** The folder of the durable storage that it archives to. */
    readonly folder: string;
}

interface DatabaseObject {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: {
        readonly plugins?: readonly {
            readonly isWALArchiver?: boolean;
            readonly parameters?: { readonly serverName?: string };
        }[];
    };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const group = { group: "postgresql.cnpg.io", version: "v1", namespace: "postgresql" };
const cluster = { ...group, plural: "clusters", name: "postgresql" };
const hibernation = "cnpg.io/hibernation";
const pollMs = 2000;

/**
 * The tree's PostgreSQL in one cluster.
 *
 * @see https://cloudnative-pg.io/documentation/current/declarative_hibernation/
 */
export class Database {
    private readonly api: CustomObjectsApi;

    /** `check` is called while it waits, and may throw. */
    constructor(
        config: KubeConfig,
        private readonly check: () => void,
    ) {
        this.api = config.makeApiClient(CustomObjectsApi);
    }

    /** Undefined if there is none, or no operator for one. */
    async find(): Promise<DatabaseState | undefined> {
        const found = await this.read();
        return (
            found && {
                isStopped: found.metadata.annotations?.[hibernation] === "on",
                folder: found.spec.plugins?.find(({ isWALArchiver }) => isWALArchiver)?.parameters?.serverName ?? "",
            }
        );
    }

    /** Makes a base backup and waits for it. @throws RebuildError with the operator's words if it fails. */
    async backUp(name: string): Promise<void> {
        const backups = { ...group, plural: "backups" };
        const pluginConfiguration = { name: "barman-cloud.cloudnative-pg.io" };
        const spec = { cluster: { name: cluster.name }, method: "plugin", pluginConfiguration };
        const metadata = { name, namespace: group.namespace };
        const body = { apiVersion: `${group.group}/${group.version}`, kind: "Backup", metadata, spec };
        await this.api.createNamespacedCustomObject({ ...backups, body });
        await this.until(async () => {
            const { status } = (await this.api.getNamespacedCustomObject({ ...backups, name })) as {
                status?: { phase?: string; error?: string };
            };
            if (status?.phase === "failed" || status?.phase === "walArchivingFailing") {
                throw new RebuildError(
                    `PostgreSQL cannot be backed up (${status.error ?? status.phase}), so nothing was switched: kubectl describe backup ${name} -n postgresql`,
                );
            }
            return status?.phase === "completed";
        });
    }

    /** Ends it cleanly, which archives the last of its log, and waits for that. */
    async stop(): Promise<void> {
        await this.annotate("on");
        await this.until(async () => {
            const conditions = (await this.read())?.status?.conditions;
            return conditions?.some(({ type, status }) => type === hibernation && status === "True") === true;
        });
    }

    /** Starts it again with what it had. */
    async resume(): Promise<void> {
        await this.annotate("off");
    }

    /** Removes it with its volumes, and waits until it is gone. */
    async remove(): Promise<void> {
        await this.api.deleteNamespacedCustomObject({ ...cluster, propagationPolicy: "Foreground" });
        await this.until(async () => (await this.read()) === undefined);
    }

    private async annotate(value: "on" | "off"): Promise<void> {
        const body = { metadata: { annotations: { [hibernation]: value } } };
        const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
        await this.api.patchNamespacedCustomObject({ ...cluster, body }, merge);
    }

    private async read(): Promise<DatabaseObject | undefined> {
        try {
            return (await this.api.getNamespacedCustomObject(cluster)) as DatabaseObject;
        } catch (error) {
            if ((error as { code?: unknown }).code === 404) {
                return undefined;
            }
            throw error;
        }
    }

    private async until(isDone: () => Promise<boolean>): Promise<void> {
        while (!(await isDone())) {
            await sleep(pollMs);
            this.check();
        }
    }
}
