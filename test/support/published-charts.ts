import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { storeArchive } from "../../tools/tree/published/cache";
import { keyOf } from "../../tools/tree/published/pins";
import { ChartShelf } from "../../tools/tree/published/shelf";
import { type ChartSource, packagedChart } from "./chart-package";

/** A chart that a test publishes in the place of a real one. */
export interface PublishedChart extends ChartSource {
    readonly source: string;
}

let cache: string | undefined;

/** A shelf with these charts, packaged by Helm. Its folder goes with the process. */
export function shelfWith(charts: readonly PublishedChart[]): ChartShelf {
    if (cache === undefined) {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "published-charts-"));
        process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
        cache = folder;
    }
    const locked = charts.map((chart) => {
        const { name, version, source } = chart;
        return { name, version, source, digest: storeArchive(cache ?? "", packagedChart(chart)) };
    });
    return new ChartShelf(new Map(locked.map((chart) => [keyOf(chart), chart])), cache);
}

/** A chart in the place of Traefik's, at the version that the tree installs, which makes these objects. */
export function inPlaceOfTraefik(...objects: readonly object[]): PublishedChart {
    return {
        name: "traefik",
        version: "41.3.0",
        source: "oci://ghcr.io/traefik/helm/traefik",
        files: { "templates/objects.yaml": objects.map((object) => stringify(object)).join("---\n") },
    };
}

/** A Deployment of Traefik's that every rule accepts, but for what is given. */
export function traefikPods(container: object = {}, pod: object = {}, spec: object = {}): object {
    const labels = { "app.kubernetes.io/name": "traefik" };
    const sound = {
        name: "traefik",
        image: "docker.io/traefik:v3.7.11",
        ports: [
            { name: "web", containerPort: 8000 },
            { name: "websecure", containerPort: 8443 },
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    };
    const securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "traefik" },
        spec: {
            replicas: 1,
            ...spec,
            selector: { matchLabels: labels },
            template: {
                metadata: { labels },
                spec: { securityContext, ...pod, containers: [{ ...sound, ...container }] },
            },
        },
    };
}

/** An example of a rule on what a chart makes: these objects in the place of Traefik's. */
export const brokenTraefik = (finds: string, objects: readonly object[], problem: RegExp, fix: RegExp) => ({
    finds,
    edits: [],
    published: [inPlaceOfTraefik(...objects)],
    file: "systems/traefik/release.yaml",
    line: "values:",
    problem,
    fix,
});
