import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bump } from "../../../tools/tree/bump";
import { chartCache } from "../../../tools/tree/published/cache";
import type { ChartPin } from "../../../tools/tree/published/pins";
import { isOlder } from "../../../tools/tree/version-order";
import { packagedChart } from "../../support/chart-package";
import { type ChartWorld, startChartWorld } from "@landfall/sandbox/testing";

const traefik = "oci://charts.example.org/team/traefik";
const proxies = "https://charts.example.net/stable";

/** The registries are the test's own, on loopback, and so is the tree: two systems of two lines each. */
describe("npm run tree -- bump", () => {
    let folder: string;
    let repository: string;
    let world: ChartWorld;
    const environment = process.env;

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-bump-"));
        world = await startChartWorld(folder);
        process.env = { ...environment, ...world.environment, LANDFALL_CACHE: path.join(folder, "cache") };
        const archive = (name: string, version: string, published: string) => ({
            archive: packagedChart({
                name,
                version,
                files: {
                    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: v3.8.0\nsources: [https://github.com/example/charts.git]\n`,
                    "values.yaml": "# comment\nreplicas: 3\n",
                },
            }),
            published: [published],
        });
        await world.serve([
            ...["41.3.0", "41.4.0", "41.10.1", "42.0.0-rc.1"].map((version) => archive("traefik", version, traefik)),
            ...["1.0.0", "2.0.0"].map((version) => archive("proxy", version, proxies)),
        ]);
    });
    after(async () => {
        process.env = environment;
        await world.close();
        fs.rmSync(folder, { recursive: true });
    });
    beforeEach(() => {
        fs.rmSync(chartCache(), { recursive: true, force: true });
        repository = fs.mkdtempSync(path.join(folder, "repository-"));
        write("gitops/systems/traefik/source.yaml", "spec:\n  ref:\n    tag: 41.3.0\n");
        write(
            "gitops/systems/traefik/release.yaml",
            'values:\n  image:\n    tag: "v3.7.11"\n  other:\n    tag: v3.7.111\n',
        );
        write("gitops/systems/proxy/release.yaml", "spec:\n  version: 1.0.0 # pinned\n");
        write("packages/facts/charts/traefik/chart.yaml", "name: traefik\nversion: 41.3.0\nappVersion: v3.7.11\n");
        write("packages/facts/charts/traefik/values.yaml", "replicas: 2\n");
    });

    function write(file: string, text: string): void {
        fs.mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
        fs.writeFileSync(path.join(repository, file), text);
    }
    const read = (file: string) => fs.readFileSync(path.join(repository, file), "utf8");
    const pin = (name: string, version: string, source: string, file: string, line: number): ChartPin => ({
        name,
        version,
        source,
        place: { file: `systems/${file}`, line },
    });
    const pins = () => [
        pin("traefik", "41.3.0", traefik, "traefik/source.yaml", 3),
        pin("proxy", "1.0.0", proxies, "proxy/release.yaml", 2),
    ];
    const run = (system: string, version?: string) => bump({ repository, pins: pins(), system, version });

    it("takes the newest version of a registry that is no pre-release", async () => {
        const { changes, written, notes } = await run("traefik");
        assert.deepEqual(changes, ["traefik 41.3.0 → 41.10.1"]);
        assert.match(read("gitops/systems/traefik/source.yaml"), /^ {4}tag: 41\.10\.1$/m);
        assert.match(read("packages/facts/charts/traefik/chart.yaml"), /^version: 41\.10\.1$/m);
        assert.equal(read("packages/facts/charts/traefik/values.yaml"), "replicas: 3\n");
        assert.deepEqual(notes, ["https://github.com/example/charts/releases"]);
        assert.deepEqual(written, [
            "gitops/systems/traefik/release.yaml",
            "gitops/systems/traefik/source.yaml",
            "packages/facts/charts/traefik/chart.yaml",
            "packages/facts/charts/traefik/values.yaml",
        ]);
    });

    it("takes the application's tag along where it stands beside the chart, and no other", async () => {
        await run("traefik");
        assert.equal(
            read("gitops/systems/traefik/release.yaml"),
            'values:\n  image:\n    tag: "v3.8.0"\n  other:\n    tag: v3.7.111\n',
        );
        assert.match(read("packages/facts/charts/traefik/chart.yaml"), /^appVersion: v3\.8\.0$/m);
    });

    it("takes that of a Helm repository, and leaves the rest of the line", async () => {
        await run("proxy");
        assert.equal(read("gitops/systems/proxy/release.yaml"), "spec:\n  version: 2.0.0 # pinned\n");
    });

    it("takes the version that it is told, and says what is left to do", async () => {
        const { changes, next } = await run("traefik", "41.4.0");
        assert.deepEqual(changes, ["traefik 41.3.0 → 41.4.0"]);
        assert.match(next.join("\n"), /charts pull[^]*rendered\/ are still of 41\.3\.0[^]*tree -- check/);
    });

    it("changes nothing for a version that the registry does not have", async () => {
        await assert.rejects(
            run("traefik", "41.5.0"),
            /systems\/traefik\/source\.yaml:3: chart traefik 41\.5\.0 .*does not have it/,
        );
        assert.match(read("gitops/systems/traefik/source.yaml"), /tag: 41\.3\.0/);
    });

    it("refuses an older version of a chart that brings definitions, and of no other", async () => {
        await assert.rejects(
            run("traefik", "41.2.0"),
            /traefik brings definitions, and 41\.2\.0 is older than 41\.3\.0/,
        );
        await assert.rejects(run("proxy", "0.9.0"), /does not have it/);
    });

    it("names the systems that have a chart", async () => {
        await assert.rejects(run("treafik"), /system treafik has no published chart; did you mean traefik\?/);
    });
});

describe("the order of versions", () => {
    it("is that of semantic versioning", () => {
        const ordered = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "v1.0.0",
            "1.2.0",
            "1.10.0",
            "2.0.0+b",
        ];
        ordered.forEach((one, index) =>
            ordered.forEach((other, at) => assert.equal(isOlder(one, other), index < at, `${one} and ${other}`)),
        );
    });
});
