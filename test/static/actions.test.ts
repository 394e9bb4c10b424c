import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const root = path.join(__dirname, "../..");
const folder = path.join(root, ".github");

const files = yamlIn(".github").map((file) => path.relative(".github", file));
const examples = ["examples/team-helm/.github", "examples/team-kustomize/.github"].flatMap(yamlIn);

const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");

describe("the workflows", () => {
    for (const file of [...files.map((name) => `.github/${name}`), ...examples]) {
        it(`pin the actions of ${file} by commit, with the version in a comment`, () => {
            const text = fs.readFileSync(path.join(root, file), "utf8");
            const uses = [...text.matchAll(/\buses: +(?!\.\/)(.+)/g)].map(([, action]) => action);
            const loose = uses.filter(
                (action) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ""),
            );
            assert.deepEqual(loose, []);
        });
    }

    for (const file of files.filter((name) => name.startsWith("workflows/"))) {
        it(`grant ${file} nothing but what a job asks for`, () => {
            const { permissions, jobs } = parse(read(file)) as {
                permissions?: unknown;
                jobs: Record<
                    string,
                    { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: { uses?: string }[] }
                >;
            };
            assert.deepEqual(permissions, {});
            for (const [name, job] of Object.entries(jobs)) {
                const { "id-token": idToken, statuses, ...others } = job.permissions ?? {};
                assert.deepEqual(others, { contents: "read" }, name);
                const { steps } = job;
                const deploys = steps.some(({ uses }) => uses === "./.github/actions/deployment");
                // Only a deployment trades its token, and only for one of Pulumi Cloud.
                assert.equal(idToken, deploys ? "write" : undefined, name);
                // That staging runs a commit, only its own deployment says.
                const status = { "deploy-staging": "write", "deploy-production": deploys ? undefined : "read" };
                assert.equal(statuses, status[path.basename(file, ".yaml") as keyof typeof status], name);
                assert.ok(job["timeout-minutes"], `${name} has no time limit`);
            }
        });
    }
});

function yamlIn(github: string): string[] {
    return fs
        .readdirSync(path.join(root, github), { recursive: true, encoding: "utf8" })
        .filter((file) => /^(workflows|actions)\/.+\.ya?ml$/.test(file))
        .map((file) => `${github}/${file}`);
}
