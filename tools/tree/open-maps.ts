/** Maps of values that have defaults and that a chart still copies whole into an object or a file, by chart. */
const openMapsOfCharts: Readonly<Record<string, readonly string[]>> = {
    // The configuration file of the mesh.
    istiod: ["meshConfig"],
    // The configuration file of Grafana.
    "kube-prometheus-stack": ["grafana.grafana.ini"],
    // The spec of the Service.
    traefik: ["service.spec"],
};

/** Paths of a chart's maps that may hold any key. */
export function openMaps(chart: string): readonly string[] {
    return openMapsOfCharts[chart] ?? [];
}
