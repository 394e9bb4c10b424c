import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { applyChildren, createMissing } from "../children";
import { defineKind, type Installed, type Kind, pathOf } from "../operator";
import { type Condition, conditionsOf, setStatus } from "../status";
import { withArchive } from "./archive";
import { archiverOf, bootstrap, type Identity } from "./bootstrap";
import {
    appSecret,
    instanceName,
    instancePod,
    instancesOf,
    instanceVolume,
    serviceAccount,
    services,
} from "./children";
import { type Cluster, clusters } from "./types";

/**
 * CloudNativePG's Cluster: its instances as pods with volumes, its Services, its service account and the Secret of its
 * application, and the status that says how many instances are ready. A plugin that it names has to be installed, with
 * the Secrets of its certificates. It begins as `bootstrap` says, once, and then archives: into a folder of the object
 * store that has to be empty, with the identity of its pods.
 *
 * Left out: PostgreSQL. So there is no failover, no rolling update of a changed instance, no certificate of the
 * cluster's own, and no superuser. What stands for the data is its system identifier, which a physical backup keeps.
 */
export const clusterKind: Kind = defineKind<Cluster>({
    ...clusters,
    async reconcile(seen, installed) {
        const { api } = installed;
        // What was begun before is in its status, which the watch may not have shown yet.
        const cluster = await api.get<Cluster>(pathOf(clusters, seen));
        if (cluster.metadata.annotations?.["cnpg.io/hibernation"] === "on" && cluster.status?.systemID) {
            return hibernate(cluster, installed);
        }
        const missing = await missingPlugin(cluster, installed);
        if (missing) {
            const phase = "Cluster cannot proceed to reconciliation due to an unknown plugin being required";
            await report(cluster, installed, phase, missing, 0);
            return 2000;
        }
        await createMissing(api, cluster, appSecret(cluster));
        await applyChildren(api, cluster, ...serviceAccount(cluster), ...services(cluster));
        const identity = await identityOf(cluster, installed);
        if (typeof identity === "string") {
            const reason = `Creating primary instance ${instanceName(cluster, 1)}: ${identity}`;
            await report(cluster, installed, "Setting up primary", reason, 0);
            return 2000;
        }
        for (let serial = 1; serial <= instancesOf(cluster); serial += 1) {
            await createMissing(api, cluster, instanceVolume(cluster, serial), instancePod(cluster, serial));
        }
        const ready = await readyInstances(cluster, installed);
        const isWhole = ready === instancesOf(cluster);
        const archiving = ready > 0 ? await archivingOf(cluster, installed, identity) : [];
        const phase = isWhole ? "Cluster in healthy state" : "Setting up primary";
        await report(cluster, installed, phase, "", ready, archiving);
        return isWhole ? 5000 : 500;
    },
});

/**
 * Ends the pods and keeps the volumes. A primary that shuts down archives its last segment, so that whoever recovers
 * from the archive has everything that was written.
 *
 * @see https://cloudnative-pg.io/documentation/current/declarative_hibernation/
 */
async function hibernate(cluster: Cluster, installed: Installed): Promise<number> {
    const type = "cnpg.io/hibernation";
    const isDone = cluster.status?.conditions?.some((each) => each.type === type && each.status === "True");
    if (isDone) {
        return 5000;
    }
    const archiver = archiverOf(cluster);
    const { timelineID = 1, conditions } = cluster.status ?? {};
    if (archiver && conditions?.some((each) => each.type === "ContinuousArchiving" && each.status === "True")) {
        await withArchive(cluster, installed, archiver, (archive) => archive.archiveSegment(timelineID));
    }
    for (let serial = 1; serial <= instancesOf(cluster); serial += 1) {
        const path = `/api/v1/namespaces/${cluster.metadata.namespace}/pods/${instanceName(cluster, serial)}`;
        await installed.api.delete(path);
    }
    const condition = { type, status: "True", reason: "Hibernated", message: "Cluster has been hibernated" } as const;
    await report(cluster, installed, "Cluster has been hibernated", "", 0, [condition]);
    return 5000;
}

/** What the database is, or why it is not yet. */
async function identityOf(cluster: Cluster, installed: Installed): Promise<Identity | string> {
    const { systemID, timelineID = 1 } = cluster.status ?? {};
    if (systemID !== undefined) {
        return { systemID, timelineID };
    }
    try {
        const made = await bootstrap(cluster, installed);
        await setStatus(installed.api, clusters, cluster, { ...made });
        return made;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

/** Begins the archive, which is looked at before the first segment and not again. */
async function archivingOf(cluster: Cluster, installed: Installed, { timelineID }: Identity): Promise<Condition[]> {
    const archiver = archiverOf(cluster);
    const before = cluster.status?.conditions?.find(({ type }) => type === "ContinuousArchiving");
    if (!archiver || before?.status === "True") {
        return before ? [before] : [];
    }
    const type = "ContinuousArchiving";
    try {
        await withArchive(cluster, installed, archiver, async (archive) => {
            await archive.requireEmpty();
            if (timelineID > 1) {
                await archive.archiveHistory(timelineID);
            }
            await archive.archiveSegment(timelineID);
        });
        const message = "Continuous archiving is working";
        return [{ type, status: "True", reason: "ContinuousArchivingSuccess", message }];
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return [{ type, status: "False", reason: "ContinuousArchivingFailing", message }];
    }
}

async function readyInstances(cluster: Cluster, { api }: Installed): Promise<number> {
    const { namespace, name } = cluster.metadata;
    const selector = encodeURIComponent(`cnpg.io/cluster=${name},cnpg.io/podRole=instance`);
    const { items } = await api.get<{ items: V1Pod[] }>(
        `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`,
    );
    const isReady = ({ status }: V1Pod) =>
        status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
    return items.filter(isReady).length;
}

/** The first plugin that the operator would not find, and why. */
async function missingPlugin(cluster: Cluster, { api, admin, namespace }: Installed): Promise<string | undefined> {
    const plugins = (cluster.spec.plugins ?? []).filter(({ enabled }) => enabled !== false);
    if (plugins.length === 0) {
        return undefined;
    }
    const { items } = await api.get<{ items: V1Service[] }>(`/api/v1/namespaces/${namespace}/services`);
    const [service] = items.filter(({ metadata }) => metadata?.annotations?.["cnpg.io/pluginPort"] !== undefined);
    if (!service) {
        return `Unknown plugin: '${plugins[0]?.name}': no Service in ${namespace} has the annotations of a plugin`;
    }
    for (const end of ["Client", "Server"]) {
        const secret = service.metadata?.annotations?.[`cnpg.io/plugin${end}Secret`];
        if (secret && !(await api.find(`/api/v1/namespaces/${namespace}/secrets/${secret}`))) {
            return `Unknown plugin: '${plugins[0]?.name}': secrets "${secret}" not found`;
        }
    }
    const store = plugins[0]?.parameters?.barmanObjectName;
    const stores = `/apis/barmancloud.cnpg.io/v1/namespaces/${cluster.metadata.namespace}/objectstores`;
    // It is the plugin that reads it.
    return store && !(await admin.find(`${stores}/${store}`)) ? `objectstores "${store}" not found` : undefined;
}

async function report(
    cluster: Cluster,
    { api }: Installed,
    phase: string,
    phaseReason: string,
    readyInstances: number,
    others: readonly Condition[] = [],
): Promise<void> {
    const { name } = cluster.metadata;
    const instances = instancesOf(cluster);
    const isReady = readyInstances === instances;
    const names = Array.from({ length: instances }, (_, index) => instanceName(cluster, index + 1));
    const isHibernated = cluster.metadata.annotations?.["cnpg.io/hibernation"] === "on";
    const conditions = conditionsOf(
        cluster,
        {
            type: "Ready",
            status: isReady ? "True" : "False",
            reason: isReady ? "ClusterIsReady" : "ClusterIsNotReady",
            message: isReady ? "Cluster is Ready" : "Cluster Is Not Ready",
        },
        ...others,
    ).filter(({ type }) => isHibernated || type !== "cnpg.io/hibernation");
    await setStatus(api, clusters, cluster, {
        ...{ phase, phaseReason, instances, readyInstances, conditions, instanceNames: names },
        ...{ currentPrimary: names[0], targetPrimary: names[0], latestGeneratedNode: instances },
        ...{ writeService: `${name}-rw`, readService: `${name}-r` },
    });
}
