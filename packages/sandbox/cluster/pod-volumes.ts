/**
 * A pod's volumes as folders of the host: empty ones, ConfigMaps, Secrets and projections, with service account tokens
 * by TokenRequest. Contents follow their sources within a minute, as a kubelet's do; tokens are renewed at 80 % of
 * their lifetime. Other kinds of volume are refused.
 */
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { V1KeyToPath, V1Volume, V1VolumeProjection } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import { writePrivate } from "./credentials";
import { mainContainer, type Pod } from "./pod";
import { ConfigurationError, fieldOf, type Lookup, lookupIn } from "./pod-environment";

type Files = ReadonlyMap<string, Buffer>;

interface IssuedToken {
    readonly token: string;
    readonly renewAt: number;
}

export class PodVolumes {
    private readonly lookup: Lookup;
    private readonly tokens = new Map<string, IssuedToken>();

    /**
     * @param folder the pod's folder. @param temporary where a volume mounted at /tmp goes: sockets need a short path.
     */
    constructor(
        private readonly api: KubernetesApi,
        private readonly pod: Pod,
        private readonly podIp: string,
        private readonly folder: string,
        private readonly temporary: string,
    ) {
        this.lookup = lookupIn(api, pod.metadata.namespace!);
    }

    /** Brings every volume up to date. Throws ConfigurationError on a missing source, ApiError on a refused token. */
    async sync(): Promise<void> {
        for (const volume of this.pod.spec.volumes ?? []) {
            const path = this.pathOf(volume.name);
            mkdirSync(path, { recursive: true, mode: 0o700 });
            for (const [name, content] of await this.filesOf(volume)) {
                writeIfChanged(join(path, name), content);
            }
        }
    }

    /**
     * The host's path for one inside the container: `/tmp/x` where a volume is mounted at /tmp; others unchanged.
     * A flag's value is mapped too: `--file=/tmp/x`.
     */
    mapPath(text: string): string {
        const [, flag = "", path = ""] = /^(--?[\w-]+=)?(.*)$/s.exec(text) ?? [];
        const mounts = [...(mainContainer(this.pod).volumeMounts ?? [])].sort(
            (one, other) => other.mountPath.length - one.mountPath.length,
        );
        const mount = mounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));
        if (!mount) {
            return text;
        }
        return flag + join(this.pathOf(mount.name), mount.subPath ?? "", path.slice(mount.mountPath.length));
    }

    private pathOf(volume: string): string {
        const mounts = mainContainer(this.pod).volumeMounts ?? [];
        const atTmp = mounts.some(({ name, mountPath }) => name === volume && mountPath === "/tmp");
        return atTmp ? this.temporary : join(this.folder, "volumes", volume);
    }

    private async filesOf(volume: V1Volume): Promise<Files> {
        if (volume.emptyDir) {
            return new Map();
        }
        if (volume.configMap) {
            const { name = "", items, optional = false } = volume.configMap;
            return selected(await this.lookup("configmaps", name, optional), items);
        }
        if (volume.secret) {
            const { secretName = "", items, optional = false } = volume.secret;
            return selected(await this.lookup("secrets", secretName, optional), items);
        }
        if (volume.projected) {
            const parts = (volume.projected.sources ?? []).map((source) => this.projected(source));
            return new Map((await Promise.all(parts)).flatMap((files) => [...files]));
        }
        throw new ConfigurationError(
            `Volume ${volume.name} is of a kind that the node agent cannot provide: use emptyDir, configMap, secret or projected.`,
        );
    }

    private async projected(source: V1VolumeProjection): Promise<Files> {
        if (source.configMap) {
            const { name = "", items, optional = false } = source.configMap;
            return selected(await this.lookup("configmaps", name, optional), items);
        }
        if (source.secret) {
            const { name = "", items, optional = false } = source.secret;
            return selected(await this.lookup("secrets", name, optional), items);
        }
        if (source.downwardAPI) {
            const items = source.downwardAPI.items ?? [];
            return new Map(
                items.map(({ path, fieldRef }) => [
                    path,
                    Buffer.from(fieldOf(this.pod, this.podIp, fieldRef!.fieldPath)),
                ]),
            );
        }
        if (source.serviceAccountToken) {
            const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken;
            return new Map([[path, Buffer.from(await this.token(audience, expirationSeconds))]]);
        }
        throw new ConfigurationError("A projected volume has a source that the node agent cannot provide.");
    }

    private async token(audience: string | undefined, expirationSeconds: number): Promise<string> {
        const key = `${audience ?? ""} ${expirationSeconds}`;
        const held = this.tokens.get(key);
        if (held && Date.now() < held.renewAt) {
            return held.token;
        }
        const { namespace, name, uid } = this.pod.metadata;
        const account = this.pod.spec.serviceAccountName ?? "default";
        const { status } = await this.api.create<{ status: { token: string } }>(
            `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
            {
                apiVersion: "authentication.k8s.io/v1",
                kind: "TokenRequest",
                spec: {
                    ...(audience && { audiences: [audience] }),
                    expirationSeconds,
                    boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
                },
            },
        );
        this.tokens.set(key, { token: status.token, renewAt: Date.now() + expirationSeconds * 800 });
        return status.token;
    }
}

function selected(files: Files, items: readonly V1KeyToPath[] | undefined): Files {
    if (!items) {
        return files;
    }
    return new Map(items.flatMap(({ key, path }) => (files.has(key) ? [[path, files.get(key)!] as const] : [])));
}

function writeIfChanged(file: string, content: Buffer): void {
    try {
        if (readFileSync(file).equals(content)) {
            return;
        }
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            throw error;
        }
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    }
    // Renamed into place, so that a reader never sees half a token.
    rmSync(`${file}.new`, { force: true });
    writePrivate(`${file}.new`, content);
    renameSync(`${file}.new`, file);
}
