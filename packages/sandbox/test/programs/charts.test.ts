import * as assert from "node:assert/strict";
import { ensureToolchain } from "@landfall/toolchain";
import type { Chart } from "../../charts/chart";
import { chartsToServe, generateCharts, publicRoutes } from "../../charts/charts";
import type { HttpResponse } from "../../network/route";

describe("the sandbox's charts", () => {
    let source: string;
    let charts: Chart[];

    before(async () => {
        source = (await ensureToolchain({ only: [], log: () => undefined })).fluxOperatorSource;
        charts = await generateCharts(source);
    });

    it("are the same at every start", async () => {
        const again = await generateCharts(source);
        assert.deepEqual(
            again.map(({ name, digest }) => ({ name, digest })),
            charts.map(({ name, digest }) => ({ name, digest })),
        );
    });

    it("are pulled from a registry by tag, manifest digest and blob digest", async () => {
        const chart = named("traefik");
        const byTag = await get("https://ghcr.io/v2/traefik/helm/traefik/manifests/41.3.0");
        const digest = byTag.headers?.["docker-content-digest"] ?? "";
        const byDigest = await get(`https://ghcr.io/v2/traefik/helm/traefik/manifests/${digest}`);
        assert.deepEqual(byDigest, byTag);
        const manifest = JSON.parse(textOf(byTag)) as { layers: { digest: string; size: number }[] };
        assert.equal(manifest.layers[0]?.digest, chart.digest);
        const blob = await get(`https://ghcr.io/v2/traefik/helm/traefik/blobs/${chart.digest}`);
        assert.ok(Buffer.isBuffer(blob.body) && blob.body.equals(chart.archive));
    });

    it("are listed by their repository with the archive's digest", async () => {
        const base = "https://charts.jetstack.io";
        const index = JSON.parse(textOf(await get(`${base}/index.yaml`))) as {
            entries: Record<string, { digest: string; urls: string[] }[]>;
        };
        const entry = index.entries["cert-manager"]?.[0];
        assert.equal(`sha256:${entry?.digest}`, named("cert-manager").digest);
        assert.equal((await get(`${base}/${entry?.urls[0]}`)).status, 200);
    });

    it("are refused by a version that is not there, with those that are", async () => {
        const { status, body } = await get("https://quay.io/v2/jetstack/charts/cert-manager/manifests/v9.9.9");
        assert.equal(status, 404);
        assert.match(JSON.stringify(body), /has no v9\.9\.9\. Its versions: v1\.21\.1\./);
    });

    it("are published archives where there are some, and then no stand-in of the same name at any address", async () => {
        const archive = named("cert-manager").archive;
        const served = await chartsToServe([{ archive, published: ["oci://mirror.example.org/cert-manager"] }], source);
        const there = served.filter(({ name }) => name === "cert-manager");
        assert.deepEqual(
            there.map(({ version, digest, published }) => ({ version, digest, published })),
            [
                {
                    version: "v1.21.1",
                    digest: named("cert-manager").digest,
                    published: ["oci://mirror.example.org/cert-manager"],
                },
            ],
        );
        assert.equal(served.length, charts.length);
    });

    it("are signed by their publisher's workflow, whoever made the archive", async () => {
        const { archive, signed, version } = named("flagger");
        assert.match(signed?.subject ?? "", new RegExp(`/release\\.yml@refs/tags/v${version.replaceAll(".", "\\.")}$`));
        const served = await chartsToServe([{ archive, published: ["oci://ghcr.io/fluxcd/charts/flagger"] }], source);
        assert.deepEqual(served.find(({ name }) => name === "flagger")?.signed, signed);
        assert.equal(named("traefik").signed, undefined);
    });

    function named(name: string): Chart {
        const chart = charts.find((candidate) => candidate.name === name);
        assert.ok(chart, `no chart ${name}`);
        return chart;
    }

    async function get(address: string): Promise<HttpResponse> {
        const url = new URL(address);
        const route = (await publicRoutes(charts)).find(({ host }) => host === url.host);
        assert.ok(route !== undefined && "handle" in route, `no route for ${url.host}`);
        return route.handle({ method: "GET", url, headers: {}, body: Buffer.alloc(0) });
    }
});

function textOf({ body }: HttpResponse): string {
    assert.ok(Buffer.isBuffer(body) || typeof body === "string");
    return body.toString();
}
