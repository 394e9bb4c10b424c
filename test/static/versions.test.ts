import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

/** Files as Git's glob, and what captures the version there. */
type Place = readonly [glob: string, version: RegExp];

/** Versions that stand in several files and have to agree. */
const versions: Readonly<Record<string, readonly Place[]>> = {
    Pulumi: [
        ["**/package.json", /"@pulumi\/pulumi": "(.+)"/g],
        ["packages/toolchain/modules/*/go.mod", /github\.com\/pulumi\/pulumi\/(?:pkg|sdk)\/v3 v(\S+)/g],
        ["Pulumi.*.deploy.yaml", /reference: pulumi\/pulumi:(.+)/g],
    ],
    Kubernetes: [
        ["packages/toolchain/modules/*/go.mod", /k8s\.io\/kubernetes v(\S+)/g],
        ["packages/sandbox/**/kubernetes-versions.ts", /newest = "(.+)"/g],
        ["Pulumi.*.deploy.yaml", /--client-version (\S+)/g],
    ],
    "the Flux Operator": [
        ["components/**/*.ts", /operatorVersion = "(.+)"/g],
        ["packages/toolchain/modules/*/go.mod", /github\.com\/controlplaneio-fluxcd\/flux-operator v(\S+)/g],
        ["packages/facts/charts/flux-operator/chart.yaml", /^version: (.+)/gm],
    ],
    Flux: [
        ["components/**/*.ts", /fluxVersion = "(.+)"/g],
        ["packages/sandbox/test/programs/flux-distribution.test.ts", /fluxVersion = "(.+)"/g],
        ["packages/toolchain/modules/*/go.mod", /github\.com\/fluxcd\/flux2\/v2 v(\S+)/g],
    ],
    Velero: [
        ["packages/toolchain/modules/*/go.mod", /github\.com\/vmware-tanzu\/velero v(\S+)/g],
        ["packages/facts/charts/velero/chart.yaml", /^appVersion: (.+)/gm],
    ],
    "external-dns": [
        ["packages/toolchain/modules/*/go.mod", /sigs\.k8s\.io\/external-dns v(\S+)/g],
        ["packages/facts/charts/external-dns/chart.yaml", /^appVersion: (.+)/gm],
    ],
    "Go's release line": [["packages/toolchain/modules/*/go.mod", /^go (\d+\.\d+)/gm]],
    "Node's major": [
        [".nvmrc", /^(\d+)/gm],
        ["package.json", /"node": ">=(\d+)/g],
        ["package.json", /"@types\/node": "(\d+)/g],
        [".devcontainer/devcontainer.json", /javascript-node:(\d+)/g],
    ],
};

describe("one version", () => {
    for (const [name, places] of Object.entries(versions)) {
        it(`of ${name}`, () => {
            const found = places.flatMap(([glob, version]) => {
                const here = tracked(glob).flatMap((file) => findIn(file, version));
                assert.notEqual(here.length, 0, `${version.source} matches nothing in ${glob}`);
                return here;
            });
            assert.equal(new Set(found.map(({ version }) => version)).size, 1, JSON.stringify(found, undefined, 2));
        });
    }

    it("of each npm package", () => {
        const found = new Map<string, Set<string>>();
        for (const file of tracked("**/package.json")) {
            const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file)) as Record<
                "dependencies" | "devDependencies",
                Record<string, string> | undefined
            >;
            for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
                found.set(name, (found.get(name) ?? new Set()).add(version));
            }
        }
        assert.deepEqual(
            [...found].filter(([, several]) => several.size > 1),
            [],
        );
    });
});

function tracked(glob: string): string[] {
    return execFileSync("git", ["ls-files", "-z", "--", `:(glob)${glob}`], { cwd: root, encoding: "utf8" })
        .split("\0")
        .filter((file) => file !== "");
}

function findIn(file: string, expression: RegExp): { file: string; version: string }[] {
    return [...read(file).matchAll(expression)].map(([, version = ""]) => ({ file, version }));
}

function read(file: string): string {
    return fs.readFileSync(path.join(root, file), "utf8");
}
