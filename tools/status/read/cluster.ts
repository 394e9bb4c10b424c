import { fluxNamespace } from "../../../components/gitops/flux-names";
import { fluxKinds } from "../../../components/gitops/readiness/cluster-client";
import type { Part, Unknown } from "../status";
import { type ApiObject, ApiServer, Refused } from "./api-server";
import type { ReadFluxObject } from "./objects";
import { type ClusterObservation, known } from "./observation";

type Lists = Omit<ClusterObservation, "server" | "flux">;

/** Where each list is, and what brings its kind. */
const lists: { readonly [Name in keyof Lists]: readonly [path: string, owner: string] } = {
    nodes: ["api/v1/nodes", "Kubernetes"],
    instances: [`apis/fluxcd.controlplane.io/v1/namespaces/${fluxNamespace}/fluxinstances`, "the Flux Operator"],
    deployments: [`apis/apps/v1/namespaces/${fluxNamespace}/deployments`, "Kubernetes"],
    certificates: ["apis/cert-manager.io/v1/certificates", "cert-manager"],
    schedules: ["apis/velero.io/v1/schedules", "Velero"],
    backups: ["apis/velero.io/v1/backups", "Velero"],
    locations: ["apis/velero.io/v1/backupstoragelocations", "Velero"],
    postgresqlSchedules: ["apis/postgresql.cnpg.io/v1/scheduledbackups", "CloudNativePG"],
    postgresqlBackups: ["apis/postgresql.cnpg.io/v1/backups", "CloudNativePG"],
    teams: ["api/v1/namespaces?labelSelector=toolkit.fluxcd.io/tenant", "Kubernetes"],
    quotas: ["api/v1/resourcequotas", "Kubernetes"],
    events: [`api/v1/namespaces/${fluxNamespace}/events`, "Kubernetes"],
};

/** Everything that a status takes from a cluster. A list that the caller may not read is not known, and no more. */
export class ClusterReader {
    private open: { readonly kubeconfig: string; readonly api: ApiServer } | undefined;

    /** `kubeconfig` is asked each time: a cluster may appear, or be made again, while somebody watches. */
    constructor(private readonly kubeconfig: () => Promise<string>) {}

    async read(): Promise<ClusterObservation> {
        const found = await known(this.connect());
        if ("unknown" in found) {
            return nothing(found);
        }
        const { api, server } = found;
        const names = Object.keys(lists) as (keyof Lists)[];
        const [flux, ...answers] = await Promise.all([
            known(fluxObjects(api)),
            ...names.map((name) => known(listOf(api, ...lists[name]))),
        ]);
        const parts = Object.fromEntries(names.map((name, index) => [name, answers[index]]));
        return { server, flux, ...parts } as ClusterObservation;
    }

    private async connect() {
        const kubeconfig = await this.kubeconfig();
        // A client logs in once, and keeps its token until it expires.
        this.open = this.open?.kubeconfig === kubeconfig ? this.open : { kubeconfig, api: new ApiServer(kubeconfig) };
        const { api } = this.open;
        const { gitVersion } = await api.get<{ gitVersion: string }>("version");
        return { api, server: { url: api.url, version: gitVersion } };
    }
}

async function fluxObjects(api: ApiServer): Promise<readonly ReadFluxObject[]> {
    const all = fluxKinds.map(async ([group, version, plural, kind]) => {
        const items = await listOf<ApiObject>(api, `apis/${group}/${version}/${plural}`, "Flux");
        return items.map((item) => ({ ...item, kind }) as ReadFluxObject);
    });
    return (await Promise.all(all)).flat();
}

async function listOf<T extends ApiObject>(api: ApiServer, path: string, owner: string): Promise<readonly T[]> {
    try {
        return await api.list<T>(path);
    } catch (error) {
        if (error instanceof Refused && error.status === 404) {
            throw new Error(`${owner} is not in the cluster yet`, { cause: error });
        }
        throw error;
    }
}

/** The same answer to every question. */
function nothing(why: Unknown): ClusterObservation {
    const parts = Object.keys(lists).map((name): [string, Part<never>] => [name, why]);
    return { server: why, flux: why, ...Object.fromEntries(parts) } as ClusterObservation;
}
