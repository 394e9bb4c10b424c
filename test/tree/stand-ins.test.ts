import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { chartOf } from "../../tools/tree/charts";
import { field, list, textAt } from "../../tools/tree/object";
import { program } from "../../tools/tree/programs";
import { type Cluster, everyOfKind, type Manifest } from "../../tools/tree/tree";
import { committedTree } from "../support/tree";
import {
    type ChartDefinition,
    chartsFolder,
    type Fact,
    factKey,
    factOf,
    factsIn,
    type ManifestObject,
    readDefinitions,
    standInFiles,
} from "@landfall/facts";

/** A release with the chart that stands in for its own. */
interface Release {
    readonly cluster: Cluster;
    readonly manifest: Manifest;
    readonly definition: ChartDefinition;
}

describe("The stand-in of a chart", function () {
    this.timeout(300_000);
    let folder: string;
    let definitions: ChartDefinition[];
    let releases: Release[];

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-stand-ins-"));
        // The Flux Operator's definitions come from its own source, and its chart is no release of the tree.
        definitions = (await readDefinitions(chartsFolder)).filter(({ crds }) => crds?.from === undefined);
        await Promise.all(definitions.map((definition) => write(definition)));
        releases = (await committedTree()).clusters.flatMap((cluster) =>
            everyOfKind(cluster, "HelmRelease").map((manifest) => ({
                cluster,
                manifest,
                definition: chartFor(cluster, manifest),
            })),
        );
    });

    after(() => fs.rmSync(folder, { recursive: true }));

    it("is there for each release of each environment", () => {
        assert.ok(releases.length > 100, String(releases.length));
        const unknown = releases.filter(({ manifest, definition }) => !factsOf(definition, manifest));
        assert.deepEqual([...new Set(unknown.map(({ manifest }) => manifest.object.metadata.name))], []);
    });

    it("makes of the tree's values what the published chart makes", () => {
        const checked = new Map<string, string[]>();
        for (const release of releases) {
            const { cluster, manifest, definition } = release;
            const facts = factsOf(definition, manifest)!;
            const input = JSON.stringify([manifest.object, cluster.environment]);
            if (!checked.has(input)) {
                const made = render(definition, manifest);
                const found = differences(factsIn(facts, cluster.environment), made, facts.namespace);
                checked.set(
                    input,
                    found.map((line) => `${cluster.environment}: ${manifest.object.metadata.name}: ${line}`),
                );
            }
        }
        assert.deepEqual([...checked.values()].flat(), []);
    });

    it("differs when one object of its does", () => {
        const release = releases.find(({ manifest }) => manifest.object.metadata.name === "sealed-secrets")!;
        const facts = factsOf(release.definition, release.manifest)!;
        const [role, ...others] = factsIn(facts, "staging");
        const made = render(release.definition, release.manifest);
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
        const copy = path.join(folder, "copy");
        fs.cpSync(path.join(chartsFolder, "external-dns"), path.join(copy, "external-dns"), { recursive: true });
        const file = path.join(copy, "external-dns/chart.yaml");
        fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("version: 1.21.1", "version: 1.22.0"));
        await assert.rejects(
            readDefinitions(copy),
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

    function chartFor(cluster: Cluster, manifest: Manifest): ChartDefinition {
        const found = definitions.find(({ folder: name }) => chartOf(cluster, manifest)?.folder.endsWith(`/${name}`));
        assert.ok(found, `no stand-in for ${manifest.object.metadata.name}`);
        return found;
    }

    async function write(definition: ChartDefinition): Promise<void> {
        for (const [name, text] of Object.entries(await standInFiles(definition, ""))) {
            const file = path.join(folder, definition.folder, name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, text);
        }
    }

    function render(definition: ChartDefinition, { object }: Manifest): Fact[] {
        const values = path.join(folder, "values.json");
        fs.writeFileSync(values, JSON.stringify(field(object, "spec.values") ?? {}));
        // What a Secret of the cluster holds is any text here.
        const secret = list(object, "spec.valuesFrom").map((from) => `${textAt(from, "targetPath")}=secret`);
        const args = ["template", releaseName(object), path.join(folder, definition.folder), "--include-crds"];
        const text = execFileSync(
            program("helm"),
            [
                ...args,
                "--namespace",
                textAt(object, "spec.targetNamespace") ?? "flux-system",
                "--values",
                values,
                "--set",
                secret.join(","),
            ],
            { encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] },
        );
        return parseAllDocuments(text)
            .map((document) => document.toJS({ maxAliasCount: -1 }) as ManifestObject | null)
            .filter((made) => made !== null)
            .map(factOf);
    }
});

function releaseName(object: unknown): string {
    return textAt(object, "spec.releaseName") ?? textAt(object, "metadata.name") ?? "";
}

function factsOf({ rendered }: ChartDefinition, { object }: Manifest) {
    return rendered.find(({ release }) => release === releaseName(object));
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
