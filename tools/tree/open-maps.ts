/** Maps of values that have defaults and that a chart still copies whole into an object, by chart. */
const OPEN_MAPS: Readonly<Record<string, readonly string[]>> = {
    istiod: ["meshConfig"],
    "kube-prometheus-stack": ["grafana.grafana.ini"],
    traefik: ["service.spec"],
};

/** Paths of a chart's maps that may hold any key. */
export function openMaps(chart: string): readonly string[] {
    return OPEN_MAPS[chart] ?? [];
}
