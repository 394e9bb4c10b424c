import assert from "node:assert/strict";
import {
    changed,
    ENVIRONMENTS,
    field,
    find,
    KubernetesObject,
    label,
    objectsOf,
    setField,
    Tree,
    treeOf,
} from "../support/tree";

const staging = treeOf("staging");

describe("Releases", () => {
    for (const environment of ENVIRONMENTS) {
        const tree = treeOf(environment);

        it(`come from one exact chart version (${environment})`, () => {
            assert.deepEqual(loosePins(tree), []);
        });

        it(`run as helm-controller, in namespaces that they name (${environment})`, () => {
            assert.deepEqual(brokenReleases(tree), []);
        });

        it(`have their source beside them (${environment})`, () => {
            assert.deepEqual(orphans(tree), []);
        });
    }
});

describe("The rules on releases", () => {
    for (const [pin, spec] of [
        ["a tag that moves", { tag: "latest" }],
        ["a tag that is only a part of a version", { tag: "v1.21" }],
        ["a range", { semver: ">=1.0.0" }],
        ["no reference", undefined],
    ] as const) {
        it(`find ${pin}`, () => {
            const tree = changed(staging, (copy) => setField(find(copy, "OCIRepository"), "spec.ref", spec));
            assert.equal(loosePins(tree).length, 1);
        });
    }

    it("find a release that names its chart without a source", () => {
        const tree = changed(staging, (copy) => {
            setField(find(copy, "HelmRelease"), "spec.chartRef", undefined);
            setField(find(copy, "HelmRelease"), "spec.chart", { spec: { chart: "traefik", version: "*" } });
        });
        assert.equal(orphans(tree).length, 2);
    });

    it("find a source that no release uses", () => {
        const tree = changed(staging, (copy) => {
            find(copy, "OCIRepository", "traefik").metadata.name = "proxy";
        });
        assert.equal(orphans(tree).length, 2);
    });

    for (const [setting, value] of [
        ["spec.serviceAccountName", undefined],
        ["metadata.namespace", "traefik"],
        ["spec.targetNamespace", undefined],
        ["spec.storageNamespace", "flux-system"],
        ["spec.releaseName", undefined],
        ["spec.driftDetection", undefined],
        ["spec.timeout", undefined],
        ["spec.install", undefined],
        ["spec.upgrade", {}],
    ] as const) {
        it(`find a wrong ${setting}`, () => {
            const tree = changed(staging, (copy) => setField(find(copy, "HelmRelease", "traefik"), setting, value));
            assert.match(brokenReleases(tree).join(), new RegExp(setting));
        });
    }
});

function loosePins(tree: Tree): string[] {
    return ofKind(tree, "OCIRepository")
        .filter((source) => {
            const { tag, ...others } = (field(source, "spec.ref") ?? {}) as Record<string, unknown>;
            const exact = typeof tag === "string" && /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(tag);
            return !exact || Object.keys(others).some((key) => key !== "digest");
        })
        .map((source) => `${label(source)} does not pin an exact version`);
}

function orphans(tree: Tree): string[] {
    const sources = ofKind(tree, "OCIRepository").map(({ metadata }) => metadata.name);
    const used = ofKind(tree, "HelmRelease").map((release) => String(field(release, "spec.chartRef.name")));
    return [
        ...used.filter((name) => !sources.includes(name)).map((name) => `no source is called ${name}`),
        ...sources.filter((name) => !used.includes(name)).map((name) => `no release uses source ${name}`),
    ];
}

function brokenReleases(tree: Tree): string[] {
    const places = [...ofKind(tree, "HelmRelease"), ...ofKind(tree, "OCIRepository")]
        .filter(({ metadata }) => metadata.namespace !== "flux-system")
        .map((object) => `${label(object)}: metadata.namespace is not flux-system`);
    const settings = ofKind(tree, "HelmRelease").flatMap((release) =>
        Object.entries(RELEASE_SETTINGS)
            .filter(([path, holds]) => !holds(field(release, path), release))
            .map(([path]) => `${label(release)}: ${path} is ${JSON.stringify(field(release, path)) ?? "missing"}`),
    );
    return [...places, ...settings];
}

/** What each release has to set, so that it works under lockdown, is repaired, and says where it is. */
const RELEASE_SETTINGS: Readonly<Record<string, (value: unknown, release: KubernetesObject) => boolean>> = {
    "spec.serviceAccountName": (value) => value === "helm-controller",
    "spec.targetNamespace": (value) => typeof value === "string",
    "spec.storageNamespace": (value, release) => value === field(release, "spec.targetNamespace"),
    "spec.releaseName": (value, release) => value === release.metadata.name,
    "spec.driftDetection": (value) => field(value, "mode") === "enabled",
    "spec.timeout": (value) => typeof value === "string",
    "spec.install": triesAgain,
    "spec.upgrade": triesAgain,
};

/** Without either, one failed action stalls the release until a person resets it. */
function triesAgain(action: unknown): boolean {
    const retries = field(action, "remediation.retries");
    return field(action, "strategy.name") === "RetryOnFailure" || (typeof retries === "number" && retries !== 0);
}

function ofKind(tree: Tree, kind: string): KubernetesObject[] {
    return objectsOf(tree)
        .map(({ object }) => object)
        .filter((object) => object.kind === kind);
}
