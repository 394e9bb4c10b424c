import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { changed, ENVIRONMENTS, field, find, label, objectsOf, setField, Tree, treeOf } from "../support/tree";

/**
 * Helm drops a value that a chart does not have without a word. Keys are compared with the chart's default values and with
 * its values schema; a map that the chart leaves empty may hold anything.
 */

/** Maps that have defaults and that a chart still copies whole into an object. */
const OPEN_MAPS: Readonly<Record<string, readonly string[]>> = { traefik: ["service.spec"] };

const staging = treeOf("staging");

describe("Values of releases", () => {
    for (const environment of ENVIRONMENTS) {
        it(`are known to their chart (${environment})`, () => {
            assert.deepEqual(unknownValues(treeOf(environment)), []);
        });
    }

    it("are compared with the chart at the version that the tree installs", () => {
        for (const environment of ENVIRONMENTS) assert.deepEqual(unreviewedCharts(treeOf(environment)), []);
    });
});

describe("The rules on values", () => {
    for (const path of ["replicas", "crds.enable", "webhook.resource.requests", "prometheus.serviceMonitor.enabled"]) {
        it(`find ${path}, which cert-manager does not have`, () => {
            const tree = changed(staging, (copy) =>
                setField(find(copy, "HelmRelease", "cert-manager"), `spec.values.${path}`, true),
            );
            assert.match(unknownValues(tree).join(), /^HelmRelease flux-system\/cert-manager: /);
        });
    }

    it("find a chart whose version is not the one whose values are here", () => {
        const tree = changed(staging, (copy) => {
            setField(find(copy, "OCIRepository", "traefik"), "spec.ref.tag", "41.4.0");
        });
        assert.deepEqual(unreviewedCharts(tree), ["sandbox/charts/traefik/chart.yaml is not of traefik 41.4.0"]);
    });
});

function unknownValues(tree: Tree): string[] {
    return releasesOf(tree).flatMap((release) => {
        const chart = release.metadata.name;
        const folder = resolve(__dirname, "../../sandbox/charts", chart);
        const defaults: unknown = parse(readFileSync(`${folder}/values.yaml`, "utf8"));
        const file = `${folder}/values.schema.json`;
        const schema = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Schema) : {};
        const known: Known = { defaults, schema, root: schema, open: OPEN_MAPS[chart] ?? [] };
        return unknownKeys(field(release, "spec.values"), known, []).map((path) => `${label(release)}: ${path}`);
    });
}

interface Schema {
    $ref?: string;
    $defs?: Record<string, Schema>;
    properties?: Record<string, Schema>;
    additionalProperties?: unknown;
}

interface Known {
    defaults: unknown;
    schema: Schema | undefined;
    root: Schema;
    open: readonly string[];
}

function unknownKeys(values: unknown, known: Known, path: string[]): string[] {
    if (!isMap(values) || known.open.includes(path.join("."))) return [];
    const schema = resolveSchema(known);
    const defaults = isMap(known.defaults) ? known.defaults : {};
    const properties = schema?.properties ?? {};
    const isOpen = path.length > 0 && Object.keys(defaults).length + Object.keys(properties).length === 0;
    if (isOpen) return [];
    return Object.entries(values).flatMap(([key, value]) => {
        const here = [...path, key];
        if (!(key in defaults) && !(key in properties)) return [here.join(".")];
        return unknownKeys(value, { ...known, defaults: defaults[key], schema: properties[key] }, here);
    });
}

function resolveSchema({ schema, root }: Known): Schema | undefined {
    const name = schema?.$ref?.replace("#/$defs/", "");
    return name === undefined ? schema : root.$defs?.[name];
}

function isMap(value: unknown): value is Record<string, unknown> {
    return value !== null && typeof value === "object" && !Array.isArray(value);
}

function unreviewedCharts(tree: Tree): string[] {
    return releasesOf(tree)
        .map(({ metadata: { name } }) => ({
            name,
            tag: String(field(find(tree, "OCIRepository", name), "spec.ref.tag")),
            file: `sandbox/charts/${name}/chart.yaml`,
        }))
        .filter(
            ({ tag, file }) => field(parse(readFileSync(resolve(__dirname, "../..", file), "utf8")), "version") !== tag,
        )
        .map(({ name, tag, file }) => `${file} is not of ${name} ${tag}`);
}

function releasesOf(tree: Tree) {
    return objectsOf(tree)
        .map(({ object }) => object)
        .filter(({ kind }) => kind === "HelmRelease");
}
