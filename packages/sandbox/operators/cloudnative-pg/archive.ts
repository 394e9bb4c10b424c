import { gzipSync } from "node:zlib";
import { asIdentity, type AzureCall } from "../azure-access";
import type { Installed } from "../operator";
import { type Cluster, objectStores, type Plugin } from "./types";

/** What Barman says of a base backup. */
export interface BaseBackup {
    readonly id: string;
    readonly systemId: string;
    readonly timeline: number;
    readonly major: string;
    readonly beginWal: string;
    readonly completed: Date;
}

const headers = { "x-ms-version": "2023-11-03" };

/**
 * Works in the archive that a plugin's parameters name, as the sidecar in a database's pod would: with the identity of
 * the pod's service account, if its label asks for one.
 *
 * @throws Error with the words of Entra or of the storage.
 */
export async function withArchive<Result>(
    cluster: Cluster,
    installed: Installed,
    { parameters = {} }: Plugin,
    program: (archive: Archive) => Promise<Result>,
): Promise<Result> {
    const { namespace = "", name } = cluster.metadata;
    if (cluster.spec.inheritedMetadata?.labels?.["azure.workload.identity/use"] !== "true") {
        throw new Error("the pods have no label azure.workload.identity/use, so they get no identity");
    }
    const { group, version, plural } = objectStores;
    const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${parameters.barmanObjectName}`;
    // It is the plugin that reads it.
    const store = await installed.admin.get<{
        spec?: { configuration?: { destinationPath?: string; azureCredentials?: { inheritFromAzureAD?: boolean } } };
    }>(path);
    const { destinationPath = "", azureCredentials } = store.spec?.configuration ?? {};
    if (azureCredentials?.inheritFromAzureAD !== true) {
        throw new Error("the sandbox stands in for azureCredentials with inheritFromAzureAD, and for no other");
    }
    const serviceAccount = cluster.spec.serviceAccountName ?? name;
    const access = { namespace, serviceAccount, resource: "https://storage.azure.com" };
    return asIdentity({ ...installed, namespace, serviceAccount }, access, (call) =>
        program(new Archive(call, destinationPath.replace(/\/$/, ""), parameters.serverName ?? name)),
    );
}

/**
 * A server's folder in the object store, with the names that Barman gives: `base/<id>/backup.info` and
 * `wals/<timeline and log>/<segment>.gz`. What the sandbox writes there is described as Barman does and has no content.
 */
export class Archive {
    constructor(
        private readonly call: AzureCall,
        private readonly container: string,
        readonly server: string,
    ) {}

    /** As `barman-cloud-check-wal-archive`. @throws Error unless no log was written here. */
    async requireEmpty(): Promise<void> {
        if ((await this.list("wals/")).length > 0) {
            throw new Error(`WAL archive check failed for server ${this.server}: Expected empty archive`);
        }
    }

    async has(wal: string): Promise<boolean> {
        return (await this.list(`wals/${wal.slice(0, 16)}/${wal}`)).length > 0;
    }

    /** Writes the next segment of a timeline, and gives its name. */
    async archiveSegment(timeline: number): Promise<string> {
        const log = `${hex(timeline)}${hex(0)}`;
        const wal = `${log}${hex((await this.list(`wals/${log}/`)).length + 1)}`;
        await this.put(`wals/${log}/${wal}.gz`, wal);
        return wal;
    }

    async archiveHistory(timeline: number): Promise<void> {
        await this.put(`wals/${hex(timeline)}.history.gz`, `${timeline - 1}\n`);
    }

    /** Writes a base backup with the segment that it begins in. */
    async backUp(systemId: string, timeline: number, major: string): Promise<BaseBackup & { readonly begun: Date }> {
        const begun = new Date();
        const id = begun.toISOString().replace(/[-:]|\..*/g, "");
        const beginWal = await this.archiveSegment(timeline);
        const completed = new Date();
        const info = {
            ...{ backup_id: id, begin_time: pythonTime(begun), begin_wal: beginWal },
            ...{ end_time: pythonTime(completed), end_wal: beginWal, error: "None", mode: "concurrent" },
            ...{ server_name: "cloud", status: "DONE", systemid: systemId, timeline },
            version: Number(major) * 10_000,
        };
        await this.put(`base/${id}/data.tar.gz`, id);
        const lines = Object.entries(info).map(([name, value]) => `${name}=${value}\n`);
        await this.put(`base/${id}/backup.info`, lines.join(""), false);
        return { id, systemId, timeline, major, beginWal, completed, begun };
    }

    /** The completed ones, the newest first. */
    async backups(): Promise<BaseBackup[]> {
        const files = (await this.list("base/")).filter((name) => name.endsWith("/backup.info"));
        const infos = await Promise.all(files.map(async (file) => ({ file, info: parse(await this.get(file)) })));
        return infos
            .filter(({ info }) => info.status === "DONE")
            .map(({ file, info }) => ({
                id: file.split("/").at(-2) ?? "",
                systemId: info.systemid ?? "",
                timeline: Number(info.timeline),
                major: String(Math.floor(Number(info.version) / 10_000)),
                beginWal: info.begin_wal ?? "",
                completed: new Date((info.end_time ?? "").replace(" ", "T")),
            }))
            .sort((left, right) => right.completed.getTime() - left.completed.getTime());
    }

    private async list(folder: string): Promise<string[]> {
        const query = new URLSearchParams({ restype: "container", comp: "list", prefix: `${this.server}/${folder}` });
        const body = await this.send("GET", `${this.container}?${query.toString()}`, 200);
        return [...body.matchAll(/<Blob><Name>([^<]*)<\/Name>/g)].map(([, name = ""]) => name);
    }

    private get(name: string): Promise<string> {
        return this.send("GET", `${this.container}/${name}`, 200);
    }

    private async put(name: string, text: string, isCompressed = true): Promise<void> {
        const body = isCompressed ? gzipSync(text).toString("base64") : text;
        await this.send("PUT", `${this.container}/${this.server}/${name}`, 201, body);
    }

    private async send(method: "GET" | "PUT", url: string, expected: number, body?: string): Promise<string> {
        const type = { "content-type": "application/octet-stream", "x-ms-blob-type": "BlockBlob" };
        const options = body === undefined ? { headers } : { headers: { ...headers, ...type }, body };
        const answer = await this.call(method, url, options);
        if (answer.status !== expected) {
            const [, code = answer.body] = /<Code>([^<]*)</.exec(answer.body) ?? [];
            throw new Error(`${method} ${url.split("?")[0]}: ${answer.status} ${code}`);
        }
        return answer.body;
    }
}

function parse(info: string): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries([...info.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
}

function hex(value: number): string {
    return value.toString(16).toUpperCase().padStart(8, "0");
}

function pythonTime(time: Date): string {
    return time.toISOString().replace("T", " ").replace("Z", "000+00:00");
}
