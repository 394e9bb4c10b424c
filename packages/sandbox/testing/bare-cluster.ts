import { join } from "node:path";
import { ensureToolchain } from "@landfall/toolchain";
import { type Cluster, type ClusterOptions, startCluster } from "../cluster/cluster";
import { loadOrCreateAuthority } from "../network/authority";
import { startProxy } from "../network/proxy";
import type { Route } from "../network/route";

export interface BareClusterOptions extends Pick<ClusterOptions, "name" | "nodes" | "workloadIdentity"> {
    /** What its processes reach besides the cluster's own services. */
    readonly routes?: readonly Route[];
}

/** A cluster of the sandbox without a world around it: no Azure, nothing of Flux. */
export async function startBareCluster(directory: string, options: BareClusterOptions): Promise<Cluster> {
    const { routes = [], ...rest } = options;
    const { binaries, fluxDistribution } = await ensureToolchain({ log: (line) => console.error(line) });
    const authority = await loadOrCreateAuthority(directory);
    return startCluster({
        ...{ ...rest, binaries, fluxDistribution, authority, directory: join(directory, "cluster") },
        fqdn: "aks-test-0a1b2c3d.hcp.westeurope.azmk8s.io",
        issuer: "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
        serviceCidr: "10.0.0.0/16",
        proxy: (own) => startProxy({ routes: [...own, ...routes], authority, report: console.error }),
        authorize: () => Promise.resolve(false),
    });
}
