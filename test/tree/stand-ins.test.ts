import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { chartOf } from "../../tools/tree/charts";
import { inTurn } from "../../tools/tree/in-turn";
import { type WantedRelease, wantedReleases } from "../../tools/tree/rendering/rendered";
import { renderedFacts } from "../../tools/tree/rendering/rendered-facts";
import { type Cluster, everyOfKind } from "../../tools/tree/tree";
import { committedTree } from "../support/tree";
import {
    type ChartDefinition,
    chartsFolder,
    type Fact,
    factKey,
    factsIn,
    readDefinitions,
    standInFiles,
} from "@landfall/facts";

/** A release with the chart that stands in for its own. */
interface Release extends WantedRelease {
    readonly cluster: Cluster;
    readonly definition: ChartDefinition;
}

describe("The stand-in of a chart", function () {
    this.timeout(300_000);
    let definitions: ChartDefinition[];
    let releases: Release[];

    before(async () => {
        // The Flux Operator's definitions come from its own source, and its chart is no release of the tree.
        definitions = (await readDefinitions(chartsFolder)).filter(({ crds }) => crds?.from === undefined);
        const tree = await committedTree();
        const wanted = await Promise.all(
            tree.clusters.map(async (cluster) =>
                (await wantedReleases(cluster)).map((release) => ({
                    ...release,
                    cluster,
                    definition: chartFor(cluster, release),
                })),
            ),
        );
        releases = wanted.flat();
    });

    const chartFor = (cluster: Cluster, { release }: WantedRelease) =>
        definitions.find(({ folder }) => chartOf(cluster, release)?.folder.endsWith(`/${folder}`))!;

    it("is there for each release of each environment", async () => {
        const all = (await committedTree()).clusters.flatMap((cluster) => everyOfKind(cluster, "HelmRelease"));
        assert.ok(all.length > 100, String(all.length));
        const known = new Set(releases.filter((each) => factsOf(each.definition, each)).map(({ release }) => release));
        const unknown = all.filter((release) => release.layer !== "tenants" && !known.has(release));
        assert.deepEqual([...new Set(unknown.map(({ object }) => object.metadata.name))], []);
    });

    it("makes of the tree's values what the published chart makes", async () => {
        const checked = new Map<string, Promise<string[]>>();
        for (const release of releases) {
            const { cluster, wanted, definition } = release;
            const facts = factsOf(definition, release)!;
            const found = async () => {
                const made = await renderedFacts(wanted);
                const lines = differences(factsIn(facts, cluster.environment), made, facts.namespace);
                return lines.map((line) => `${cluster.environment}: ${wanted.name}: ${line}`);
            };
            // Stand-ins do not ask which definitions there are.
            const input = JSON.stringify([{ ...wanted, apiVersions: undefined }, cluster.environment]);
            checked.set(input, checked.get(input) ?? inTurn(found));
        }
        assert.deepEqual((await Promise.all(checked.values())).flat(), []);
    });

    it("differs when one object of its does", async () => {
        const release = releases.find(({ wanted }) => wanted.name === "sealed-secrets")!;
        const facts = factsOf(release.definition, release)!;
        const [role, ...others] = factsIn(facts, "staging");
        const made = await renderedFacts(release.wanted);
        const changed = { ...role!, rules: [] };
        assert.deepEqual(differences([changed, ...others], made, facts.namespace), [
            `${factKey(changed)} has other rules`,
        ]);
        assert.deepEqual(differences(others, made, facts.namespace), [
            `${factKey(changed)} is not the published chart's`,
        ]);
        assert.deepEqual(differences([{ ...role!, name: "other" }, role!, ...others], made, facts.namespace), [
            "ClusterRole/other is missing",
        ]);
    });

    it("is of the version whose facts are there, and of no other", async () => {
        const copy = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-stand-ins-"));
        fs.cpSync(path.join(chartsFolder, "external-dns"), path.join(copy, "external-dns"), { recursive: true });
        const file = path.join(copy, "external-dns/chart.yaml");
        fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("version: 1.21.1", "version: 1.22.0"));
        const read = readDefinitions(copy).finally(() => fs.rmSync(copy, { recursive: true }));
        await assert.rejects(
            read,
            /external-dns\/rendered\/external-dns\.json is of external-dns 1\.21\.1, and chart\.yaml of external-dns 1\.22\.0: render/,
        );
    });

    it("is refused when chart.yaml is about an object that the published chart does not make", async () => {
        const [definition] = definitions.filter(({ folder: name }) => name === "external-dns");
        const follows = { "Deployment/other": { replicas: ".Values.replicas" } };
        await assert.rejects(
            standInFiles({ ...definition!, follows }, ""),
            /external-dns\/chart\.yaml names Deployment\/other, which the published chart does not make/,
        );
    });

    it("makes definitions as large as the published ones, and Helm's record as well", async () => {
        const definition = definitions.find(({ folder: name }) => name === "external-secrets")!;
        const files = await standInFiles(definition, "");
        const bytes = Buffer.byteLength(files["definitions/clustersecretstores.external-secrets.io.yaml"] ?? "") - 1;
        const fact = definition.rendered[0]?.objects.find(
            ({ name }) => name === "clustersecretstores.external-secrets.io",
        );
        assert.equal(bytes, fact?.bytes);
        // What Helm stores compresses no better than this.
        const record = gzipSync(Buffer.from(files["record.txt"] ?? "")).length * (4 / 3);
        const share = (record / 2 ** 20) * 100;
        assert.ok(share > 30 && share < definition.releaseRecord!, String(share));
    });
});

function factsOf({ rendered }: ChartDefinition, { wanted }: WantedRelease) {
    return rendered.find(({ release }) => release === wanted.name);
}

/** Where what was made is not what the facts say. */
function differences(facts: readonly Fact[], made: readonly Fact[], namespace: string): string[] {
    const keyOf = (fact: Fact) => factKey(fact, namespace);
    const there = new Map(made.map((fact) => [keyOf(fact), fact]));
    const known = new Set(facts.map(keyOf));
    return [
        ...facts.flatMap((fact) => {
            const found = there.get(keyOf(fact));
            return found === undefined ? [`${keyOf(fact)} is missing`] : differentFields(fact, found, keyOf(fact));
        }),
        ...made
            .map(keyOf)
            .filter((key) => !known.has(key))
            .map((key) => `${key} is not the published chart's`),
    ];
}

function differentFields(fact: Fact, found: Fact, key: string): string[] {
    return [...new Set([...Object.keys(fact), ...Object.keys(found)])].flatMap((name) => {
        try {
            assert.deepEqual(found[name], fact[name]);
            return [];
        } catch {
            return [`${key} has other ${name}`];
        }
    });
}
