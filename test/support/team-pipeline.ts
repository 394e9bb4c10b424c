import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";
import { WorkflowRunner } from "./workflow-runner";
import { control, engineEnvironment, type JobEnvironment } from "@landfall/sandbox";

interface Outputs {
    readonly registry: string;
    readonly teamClientIds: Readonly<Record<string, string>>;
}

/** The outputs of stacks that pipelines go by. */
export async function readOutputs(checkout: Checkout, ...stacks: string[]): Promise<Record<string, Outputs>> {
    const all: Record<string, Outputs> = {};
    for (const stack of stacks) {
        const json = await checkout.output("pulumi", "--stack", stack, "stack", "output", "--json");
        all[stack] = JSON.parse(json) as Outputs;
    }
    return all;
}

/**
 * Runs the workflows of a team's repository in a checkout's sandbox, with what docs/delivery.md has the team set by the
 * outputs of each environment's stack.
 */
export function teamPipeline(
    checkout: Checkout,
    team: string,
    outputs: Readonly<Record<string, Outputs>>,
): WorkflowRunner {
    const folder = path.join(checkout.directory, `${team}-jobs`);
    fs.mkdirSync(folder, { recursive: true });
    return new WorkflowRunner({
        repository: `${organization}/${team}`,
        bare: bareRepository(checkout, team),
        folder,
        // None of the deployer's credentials.
        environment: () => {
            const all = Object.entries(engineEnvironment(checkout.sandbox, checkout.session()));
            return Promise.resolve(Object.fromEntries(all.filter(([name]) => !/^(ARM|GITHUB|PULUMI)_/.test(name))));
        },
        startJob: ({ repository, environment }) => {
            const query = new URLSearchParams({ repository, environment });
            return control<JobEnvironment>(checkout.sandbox, "POST", `/jobs?${query.toString()}`);
        },
        variables: (stack) => {
            const { registry, teamClientIds } = outputs[stack]!;
            return Promise.resolve({
                REGISTRY: registry,
                AZURE_CLIENT_ID: teamClientIds[team] ?? "",
                AZURE_TENANT_ID: checkout.session().environment.ARM_TENANT_ID ?? "",
            });
        },
        token: () => checkout.session().environment.GITHUB_TOKEN ?? "",
    });
}

/** Merges the pull request of a branch. Gives the files that it changed. */
export async function mergePullRequest(checkout: Checkout, repository: string, head: string): Promise<string[]> {
    const github = new GitHubDeployer(() => checkout.session());
    const pulls = `repos/${organization}/${repository}/pulls`;
    const open = await github.call<{ number: number; head: { ref: string } }[]>("GET", pulls);
    const found = open.find((pull) => pull.head.ref === head);
    assert.ok(found, `no pull request of ${head}: ${JSON.stringify(open)}`);
    await github.call("PUT", `${pulls}/${found.number}/merge`, {});
    const diff = ["-C", bareRepository(checkout, repository), "diff", "--name-only", "main^1", "main"];
    return execFileSync("git", diff, { encoding: "utf8" }).trim().split("\n");
}

function bareRepository(checkout: Checkout, repository: string): string {
    return path.join(checkout.session().fleetRepositories, organization, `${repository}.git`);
}
