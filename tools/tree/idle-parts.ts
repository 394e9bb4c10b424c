/** Parts of charts that make no pod with the tree's values, by something else than a switch beside them. */
const idlePartsOfCharts: Readonly<Record<string, readonly string[]>> = {
    // Only for providers that are programs of their own.
    "external-dns": ["provider.webhook"],
    // Init containers for dashboards by number and for volumes, of which there are none.
    "kube-prometheus-stack": ["grafana.downloadDashboards", "grafana.initChownData"],
    // Other deployment modes than SingleBinary, and an exporter beside caches that are off.
    loki: [
        "backend",
        "compactor",
        "distributor",
        "indexGateway",
        "ingester",
        "memcachedExporter",
        "querier",
        "queryFrontend",
        "queryScheduler",
        "read",
        "sidecar",
        "write",
    ],
    // Jobs that make the webhook's certificate, where cert-manager does not.
    "nri-bundle": ["nri-metadata-injection.jobImage"],
    // A job that upgrades definitions, which is what Flux does.
    velero: ["kubectl"],
};

/** Paths of a chart's values that make no pod. */
export function idleParts(chart: string): readonly string[] {
    return idlePartsOfCharts[chart] ?? [];
}
