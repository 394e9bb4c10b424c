import assert from "node:assert/strict";
import { changed, ENVIRONMENTS, field, find, label, list, objectsOf, Tree, treeOf } from "../support/tree";

const staging = treeOf("staging");

describe("Images", () => {
    for (const environment of ENVIRONMENTS) {
        it(`have a version (${environment})`, () => {
            assert.deepEqual(floatingImages(treeOf(environment)), []);
        });

        it(`run without privileges, with probes and bounded memory (${environment})`, () => {
            assert.deepEqual(carelessContainers(treeOf(environment)), []);
        });
    }
});

describe("The rules on images", () => {
    for (const image of ["ghcr.io/org/app", "ghcr.io/org/app:latest", "registry:5000/app", "app:1", "app:main"]) {
        it(`find ${image}`, () => {
            assert.equal(floatingImages(withContainer({ image })).length, 1);
        });
    }

    for (const image of ["ghcr.io/org/app:6.14.1", "registry:5000/app:v1.2.3", `app@sha256:${"0".repeat(64)}`]) {
        it(`accept ${image}`, () => {
            assert.deepEqual(floatingImages(withContainer({ image })), []);
        });
    }

    for (const [setting, value] of [
        ["readinessProbe", undefined],
        ["livenessProbe", undefined],
        ["resources", { limits: { memory: "64Mi" } }],
        ["resources", { requests: { cpu: "10m", memory: "64Mi" } }],
        ["securityContext", { allowPrivilegeEscalation: true }],
    ] as const) {
        it(`find ${setting} ${JSON.stringify(value) ?? "left out"}`, () => {
            assert.equal(carelessContainers(withContainer({ [setting]: value })).length, 1);
        });
    }
});

interface Container {
    name: string;
    image: string;
    [setting: string]: unknown;
}

function containersOf(tree: Tree): { owner: string; container: Container }[] {
    return objectsOf(tree).flatMap(({ object }) =>
        ["spec.template.spec", "spec.jobTemplate.spec.template.spec"].flatMap((path) =>
            [...list(object, `${path}.containers`), ...list(object, `${path}.initContainers`)].map((container) => ({
                owner: label(object),
                container: container as Container,
            })),
        ),
    );
}

/** A tag has to be a whole version, as a major or minor tag moves too. */
function floatingImages(tree: Tree): string[] {
    return containersOf(tree)
        .filter(({ container }) => !/(:v?\d+\.\d+\.\d+[0-9A-Za-z.-]*|@sha256:[0-9a-f]{64})$/.test(container.image))
        .map(({ owner, container }) => `${owner}: image ${container.image} has no exact version`);
}

function carelessContainers(tree: Tree): string[] {
    const wanted: readonly [string, (value: unknown) => boolean][] = [
        ["readinessProbe", (value) => value !== undefined],
        ["livenessProbe", (value) => value !== undefined],
        ["resources.requests.cpu", (value) => value !== undefined],
        ["resources.requests.memory", (value) => value !== undefined],
        ["resources.limits.memory", (value) => value !== undefined],
        ["securityContext.allowPrivilegeEscalation", (value) => value === false],
    ];
    return containersOf(tree).flatMap(({ owner, container }) => {
        const missing = wanted.filter(([path, holds]) => !holds(field(container, path))).map(([path]) => path);
        return missing.length === 0 ? [] : [`${owner}: container ${container.name} lacks ${missing.join(", ")}`];
    });
}

function withContainer(settings: Record<string, unknown>): Tree {
    return changed(staging, (copy) => {
        Object.assign(list(find(copy, "Deployment"), "spec.template.spec.containers")[0] as Container, settings);
    });
}
