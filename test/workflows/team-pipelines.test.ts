import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const examples = path.join(__dirname, "../../examples");
const teams = ["team-helm", "team-kustomize"] as const;
const searchPath = [process.env.LANDFALL_BINARIES, process.env.PATH].join(path.delimiter);

type Map = Readonly<Record<string, unknown>>;

interface Job extends Map {
    readonly environment?: string;
    readonly permissions: Map;
    readonly steps: readonly Map[];
}

for (const team of teams) {
    describe(`the pipelines of ${team}`, () => {
        const folder = path.join(examples, team);
        const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
        const run = (script: string, ...args: string[]) =>
            spawnSync(path.join(folder, script), args, {
                cwd: folder,
                encoding: "utf8",
                env: { ...process.env, PATH: searchPath },
            });
        const workflow = (name: string) =>
            parse(read(`.github/workflows/${name}.yaml`)) as { jobs: Readonly<Record<string, Job>> } & Map;
        const jobs = () =>
            ["ci", "promote"].flatMap((name) =>
                Object.entries(workflow(name).jobs).map(([job, definition]) => [`${name}/${job}`, definition] as const),
            );

        it("test the program that they build", () => {
            const { status, stdout, stderr, error } = run("ci/test.sh");
            assert.equal(status, 0, `${error?.message ?? ""}${stdout}${stderr}`);
            assert.match(stdout, /^ok .*example\.org/m);
        });

        it("name a release by its tag, a candidate by its run, and refuse another tag", () => {
            const release = read("VERSION").trim();
            assert.equal(run("ci/version.sh", `refs/tags/v${release}`, "7").stdout, `${release}\n`);
            assert.equal(run("ci/version.sh", "refs/heads/main", "7").stdout, `${release}-rc.7\n`);
            const other = run("ci/version.sh", "refs/tags/v99.0.0", "7");
            assert.deepEqual([other.status, other.stdout], [1, ""]);
            assert.match(other.stderr, /refs\/tags\/v99\.0\.0 is not v/);
        });

        it("fetch no candidate for production", () => {
            const { status, stderr } = run("ci/fetch.sh", "1.2.3-rc.4");
            assert.equal(status, 1);
            assert.match(stderr, /1\.2\.3-rc\.4 is no release, and production takes nothing else/);
        });

        it("have no secret, and a token of Azure's only in jobs of an environment", () => {
            const texts = ["azure-pipelines.yaml", "azure-pipelines-promote.yaml"].map(read);
            for (const name of ["ci", "promote"]) {
                const text = read(`.github/workflows/${name}.yaml`);
                assert.deepEqual(workflow(name).permissions, {});
                texts.push(text);
            }
            assert.doesNotMatch(texts.join(""), /secrets\.|client-secret|password/i);
            for (const [name, job] of jobs()) {
                const logsIn = job.steps.some(({ uses }) => String(uses).startsWith("azure/login@"));
                assert.equal(job.permissions["id-token"], logsIn ? "write" : undefined, name);
                assert.equal(job.environment !== undefined, logsIn, `${name} runs in ${job.environment}`);
                assert.ok(job["timeout-minutes"], `${name} has no time limit`);
            }
        });

        it("do the same on GitHub and on Azure DevOps, in the same order", () => {
            const scripts = (text: string) => [...text.matchAll(/\bci\/[a-z-]+\.sh\b/g)].map(([script]) => script);
            for (const [github, azure] of [
                [".github/workflows/ci.yaml", "azure-pipelines.yaml"],
                [".github/workflows/promote.yaml", "azure-pipelines-promote.yaml"],
            ] as const) {
                assert.notEqual(scripts(read(github)).length, 0);
                assert.deepEqual(scripts(read(azure)), scripts(read(github)));
            }
        });

        it("log in on Azure DevOps by a service connection of the environment that the job runs in", () => {
            for (const file of ["azure-pipelines.yaml", "azure-pipelines-promote.yaml"]) {
                const pushes = deployments(parse(read(file))).map(({ environment, text }) => [
                    `${String(environment)}-registry`,
                    /"azureSubscription":"([^"]+)"/.exec(text)?.[1],
                ]);
                assert.notEqual(pushes.length, 0);
                for (const [expected, connection] of pushes) {
                    assert.equal(connection, expected);
                }
            }
        });

        it("build on an image that is pinned by digest, for a user that is not root", () => {
            const from = [...read("Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? "");
            assert.deepEqual(
                from.filter((image) => !/@sha256:[0-9a-f]{64}$|^scratch$/.test(image)),
                [],
            );
            assert.match(read("Dockerfile"), /^USER (?!0)\d+:(?!0)\d+$/m);
            const images = fs
                .readdirSync(path.join(folder, "ci"))
                .flatMap((script) => [...read(`ci/${script}`).matchAll(/\b(?:aquasec\/trivy|kindest\/node)\S*/g)]);
            assert.notEqual(images.length, 0);
            for (const [image] of images) {
                assert.match(image, /:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
            }
        });
    });
}

/** The deployment jobs of an Azure DevOps pipeline, with their definition as text. */
function deployments(value: unknown): { environment: unknown; text: string }[] {
    if (Array.isArray(value)) {
        return value.flatMap(deployments);
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return "deployment" in value
        ? [{ environment: (value as Map).environment, text: JSON.stringify(value) }]
        : Object.values(value).flatMap(deployments);
}

describe("the charts of team-helm", () => {
    const template = (...args: string[]) =>
        spawnSync("helm", ["template", "front", path.join(examples, "team-helm/charts/front"), ...args], {
            encoding: "utf8",
            env: { ...process.env, PATH: searchPath },
        });

    it("refuse values that they do not know, an image with a tag, and no replicas", () => {
        for (const [value, reason] of [
            ["hosts=a.example.org", /additional properties 'hosts' not allowed/],
            ["image=registry/front:1.0.0", /'\/image'/],
            ["replicas=0", /'\/replicas'/],
        ] as const) {
            const { status, stderr } = template("--set", value);
            assert.equal(status, 1, value);
            assert.match(stderr, reason);
        }
    });

    it("have a route for a host, and none without", () => {
        assert.match(template("--set", "host=a.example.org").stdout, /kind: HTTPRoute[^]*- a\.example\.org/);
        assert.doesNotMatch(template().stdout, /HTTPRoute/);
    });
});
