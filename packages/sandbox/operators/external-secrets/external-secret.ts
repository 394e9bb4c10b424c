import { applyChildren, type Child } from "../children";
import { millisecondsOf } from "../durations";
import { defineKind, type Installed, type Kind } from "../operator";
import { type Condition, conditionsOf, now, setStatus } from "../status";
import { type ReadSecret, withVault } from "./key-vault";
import { clusterSecretStores, type ExternalSecret, externalSecrets, type SecretStore, secretStores } from "./types";

/**
 * ExternalSecret: the Secret with what Key Vault really gives to the identity of its store, read again at its interval.
 * Left out: templates of the values, generators, `find`, and every creation policy but Owner.
 */
export const externalSecretKind: Kind = defineKind<ExternalSecret>({
    ...externalSecrets,
    async reconcile(external, installed) {
        const wait = await untilRefresh(external, installed);
        if (wait > 0) {
            return wait;
        }
        const fault = await refresh(external, installed).catch(String);
        const ready: Condition = { type: "Ready", status: "True", reason: "SecretSynced", message: "secret synced" };
        const unready: Condition = { ...ready, status: "False", reason: "SecretSyncedError", message: fault ?? "" };
        await setStatus(installed.api, externalSecrets, external, {
            conditions: conditionsOf(external, fault === undefined ? ready : unready),
            ...(fault === undefined && {
                ...{ refreshTime: now(), syncedResourceVersion: generationOf(external) },
                binding: { name: targetOf(external) },
            }),
        });
        return fault === undefined ? intervalOf(external) : 2000;
    },
});

function targetOf({ spec, metadata }: ExternalSecret): string {
    return spec.target?.name ?? metadata.name;
}

function generationOf({ metadata }: ExternalSecret): string {
    return String(metadata.generation);
}

/** In milliseconds; an hour is the operator's default. */
function intervalOf({ spec }: ExternalSecret): number {
    return millisecondsOf(spec.refreshInterval, 60 * 60 * 1000);
}

/** Milliseconds until it has to be read again; 0 when it has changed, or when its Secret is gone. */
async function untilRefresh(external: ExternalSecret, { api }: Installed): Promise<number> {
    const { refreshTime, syncedResourceVersion } = external.status ?? {};
    const path = `/api/v1/namespaces/${external.metadata.namespace}/secrets/${targetOf(external)}`;
    if (!refreshTime || syncedResourceVersion !== generationOf(external) || !(await api.find(path))) {
        return 0;
    }
    return Math.max(0, Date.parse(refreshTime) + intervalOf(external) - Date.now());
}

async function refresh(external: ExternalSecret, installed: Installed): Promise<undefined> {
    const { target = {} } = external.spec;
    const { template, creationPolicy = "Owner" } = target;
    if (creationPolicy !== "Owner" || template?.data || template?.templateFrom) {
        throw new Error("the sandbox stands in for creationPolicy Owner without templates of values, and for no other");
    }
    const store = await readyStore(external, installed);
    const stringData = await withVault(store, installed, (read) => valuesOf(external, read));
    const secret: Child = {
        ...{ apiVersion: "v1", kind: "Secret", type: template?.type ?? "Opaque", stringData },
        metadata: { name: targetOf(external), ...template?.metadata },
    };
    await applyChildren(installed.api, external, secret);
}

async function readyStore({ spec, metadata }: ExternalSecret, { api }: Installed): Promise<SecretStore> {
    const { name = "", kind = "SecretStore" } = spec.secretStoreRef ?? {};
    const { group, version, plural } = kind === "ClusterSecretStore" ? clusterSecretStores : secretStores;
    const place = kind === "ClusterSecretStore" ? "" : `/namespaces/${metadata.namespace}`;
    const store = await api.find<SecretStore>(`/apis/${group}/${version}${place}/${plural}/${name}`);
    if (!store?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
        throw new Error(`could not get secret store: ${kind} "${name}" is not ready`);
    }
    return store;
}

async function valuesOf({ spec }: ExternalSecret, read: ReadSecret): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const { extract } of spec.dataFrom ?? []) {
        if (!extract) {
            throw new Error("the sandbox stands in for dataFrom with extract, and for no other");
        }
        Object.assign(values, JSON.parse(await read(extract)));
    }
    for (const { secretKey, remoteRef } of spec.data ?? []) {
        values[secretKey] = await read(remoteRef);
    }
    return values;
}
