import type { HttpHandler } from "../network/route";
import type { Chart } from "./chart";

/** Answers for a host with Helm repositories: an index.yaml with digests at each path, and the archives beside it. */
export function repositoryHandler(host: string, charts: readonly { path: string; chart: Chart }[]): HttpHandler {
    const files = new Map<string, { type: string; content: string | Buffer }>();
    const indexes = new Map<string, Record<string, object[]>>();
    for (const { path, chart } of charts) {
        const archive = `${chart.name}-${chart.version}.tgz`;
        files.set(`${path}/${archive}`, { type: "application/gzip", content: chart.archive });
        const entries = indexes.get(path) ?? {};
        indexes.set(path, entries);
        (entries[chart.name] ??= []).push({
            ...chart.metadata,
            created: "1970-01-01T00:00:00Z",
            digest: chart.digest.replace("sha256:", ""),
            urls: [archive],
        });
    }
    for (const [path, entries] of indexes) {
        // JSON is YAML.
        const index = { apiVersion: "v1", generated: "1970-01-01T00:00:00Z", entries };
        files.set(`${path}/index.yaml`, { type: "application/yaml", content: JSON.stringify(index, undefined, 2) });
    }
    // eslint-disable-next-line @typescript-eslint/require-await -- a handler answers with a promise
    return async ({ url }) => {
        const file = files.get(decodeURIComponent(url.pathname));
        if (file === undefined) {
            const known = [...files.keys()].sort().join(", ");
            return { status: 404, body: `The sandbox's ${host} has no ${url.pathname}. It has ${known}.\n` };
        }
        return { status: 200, headers: { "content-type": file.type }, body: file.content };
    };
}
