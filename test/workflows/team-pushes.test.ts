import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { belowRepository } from "../../components/azure/registry-permissions";
import { containerRegistryRepositoryWriter } from "../../components/azure/roles";
import { type JobIdentity, WorkflowRunner } from "../support/workflow-runner";
import { type PipelineWorld, startPipelineWorld, subscription, tenantId } from "@landfall/sandbox/testing";

const examples = path.join(__dirname, "../../examples");
const teams = ["team-helm", "team-kustomize"] as const;
const registries = { staging: "crstaging", production: "crproduction" } as const;

type Team = (typeof teams)[number];
type Environment = keyof typeof registries;

/**
 * The example teams' workflows up to the registries of two environments, with the rights that the program gives their
 * identities: those of `team-kustomize`, which need no cluster. `team-helm`'s, and what Flux makes of a push, are
 * test/program/teams.test.ts's.
 */
describe("the workflows of the example teams", function () {
    this.timeout(300_000);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-pushes-"));
    const clientIds: Record<string, string> = {};
    const runners = {} as Record<Team, WorkflowRunner>;
    let world: PipelineWorld;

    before(async () => {
        world = await startPipelineWorld(directory);
        const { make } = { make: world.subscription.make.bind(world.subscription) };
        const location = "westeurope";
        await make("resources:ResourceGroup", {}, { location });
        for (const [environment, registryName] of Object.entries(registries)) {
            const registry = await make(
                "containerregistry:Registry",
                { registryName },
                { location, sku: { name: "Basic" } },
            );
            const mode = { properties: { roleAssignmentMode: "AbacRepositoryPermissions" } };
            await world.subscription.arm("PATCH", String(registry.id), mode, "2025-11-01");
            for (const team of teams) {
                clientIds[`${environment}/${team}`] = await makeIdentity(environment, team, String(registry.id));
            }
        }
        for (const team of teams) {
            runners[team] = runnerOf(team);
        }
    });

    after(async () => {
        await world.close();
        fs.rmSync(directory, { recursive: true });
    });

    /** As components/azure/container-registry.ts makes it. */
    async function makeIdentity(environment: string, team: Team, scope: string): Promise<string> {
        const resourceName = `ci-${team}-${environment}`;
        const make = world.subscription.make.bind(world.subscription);
        const location = "westeurope";
        const identity = await make("managedidentity:UserAssignedIdentity", { resourceName }, { location });
        await make(
            "managedidentity:FederatedIdentityCredential",
            { resourceName, federatedIdentityCredentialResourceName: "github" },
            {
                issuer: "https://token.actions.githubusercontent.com",
                subject: `repo:acme/${team}:environment:${environment}`,
                audiences: ["api://AzureADTokenExchange"],
            },
        );
        const { guid } = containerRegistryRepositoryWriter;
        await make(
            "authorization:RoleAssignment",
            { scope, roleAssignmentName: crypto.randomUUID() },
            {
                principalId: identity.principalId,
                principalType: "ServicePrincipal",
                roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
                condition: belowRepository(team),
                conditionVersion: "2.0",
            },
        );
        return String(identity.clientId);
    }

    function runnerOf(team: Team): WorkflowRunner {
        const bare = path.join(directory, `${team}.git`);
        const folder = path.join(directory, `${team}-jobs`);
        const start = path.join(directory, team);
        fs.mkdirSync(folder);
        fs.cpSync(path.join(examples, team), start, { recursive: true });
        git(directory, "init", "--quiet", "--bare", "--initial-branch=main", bare);
        git(start, "init", "--quiet", "--initial-branch=main");
        git(start, "add", "--all");
        git(start, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "--message=Start");
        const version = fs.readFileSync(path.join(start, "VERSION"), "utf8").trim();
        git(start, "tag", `v${version}`);
        git(start, "push", "--quiet", bare, "main", `v${version}`);
        const searchPath = [process.env.LANDFALL_BINARIES, process.env.PATH].join(path.delimiter);
        return new WorkflowRunner({
            repository: `acme/${team}`,
            bare,
            folder,
            environment: () =>
                Promise.resolve({
                    PATH: searchPath,
                    HOME: process.env.HOME,
                    ...world.environment,
                } as NodeJS.ProcessEnv),
            startJob: (identity) => Promise.resolve(world.startJob(identity)),
            variables: (environment) =>
                Promise.resolve({
                    REGISTRY: `${registries[environment as Environment]}.azurecr.io`,
                    AZURE_CLIENT_ID: clientIds[`${environment}/${team}`] ?? "",
                    AZURE_TENANT_ID: tenantId,
                }),
            token: () => "a token of GitHub",
            programs: { gh: `echo "$@" > "${path.join(folder, "pull-request")}"` },
        });
    }

    const job = (team: Team, environment: string): JobIdentity => ({ repository: `acme/${team}`, environment });
    /** The digests of team-kustomize's image, as the registry has it. */
    const digests = async (environment: Environment, tag: string) => {
        const fetch = `ci/login.sh && skopeo copy docker://$REGISTRY/team-kustomize/app:${tag} oci:look:${tag}`;
        const identity = job("team-kustomize", environment);
        const output = await runners["team-kustomize"].tryAs(environment, identity, "main", fetch);
        return /sha256:[0-9a-f]{64}/.exec(output)?.[0] ?? output;
    };

    it("push a candidate to staging on a push to main, and propose nothing", async () => {
        const ran = await runners["team-kustomize"].push("ci", { ref: "refs/heads/main", runNumber: 7 });
        assert.deepEqual(ran, ["build", "push"]);
        assert.match(await digests("staging", "1.0.0-rc.7"), /^sha256:/);
        assert.match(await digests("production", "1.0.0-rc.7"), /NAME_UNKNOWN/);
    });

    it("copy a release to production, with its digest, once its proposal is on main", async () => {
        const runner = runners["team-kustomize"];
        const bare = path.join(directory, "team-kustomize.git");
        const clone = path.join(directory, "team-kustomize-release");
        git(directory, "clone", "--quiet", bare, clone);
        fs.writeFileSync(path.join(clone, "VERSION"), "1.0.1\n");
        git(clone, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "-am", "Release");
        git(clone, "push", "--quiet", "origin", "HEAD:main", "HEAD:refs/tags/v1.0.1");
        const ran = await runner.push("ci", { ref: "refs/tags/v1.0.1", runNumber: 8 });
        assert.deepEqual(ran, ["build", "push", "propose"]);
        assert.equal(
            fs.readFileSync(path.join(directory, "team-kustomize-jobs/pull-request"), "utf8").trim(),
            "pr create --base main --head promote/1.0.1 --title Promote 1.0.1 --body Staging runs it.",
        );
        const staged = await digests("staging", "1.0.1");
        assert.match(await digests("production", "1.0.1"), /NAME_UNKNOWN/);

        git(bare, "update-ref", "refs/heads/main", "refs/heads/promote/1.0.1");
        assert.deepEqual(await runner.push("promote", { ref: "refs/heads/main", runNumber: 9 }), ["fetch", "push"]);
        assert.match(staged, /^sha256:/);
        assert.equal(await digests("production", "1.0.1"), staged);
    });

    it("push nothing below the name of another team", async () => {
        const push = "ci/build.sh 9.0.0 && sed -i 's,/team-kustomize/,/team-helm/,' ci/push.sh && ci/push.sh 9.0.0";
        const refused = await runners["team-kustomize"].tryAs(
            "staging",
            job("team-kustomize", "staging"),
            "main",
            push,
        );
        assert.match(refused, /gives no token for team-helm\/app: 401/);
        const pull = "ci/login.sh && skopeo copy docker://$REGISTRY/team-helm/front:0.1.0 oci:look:1";
        const read = await runners["team-kustomize"].tryAs("staging", job("team-kustomize", "staging"), "main", pull);
        assert.match(read, /gives no token for team-helm\/front: 401/);
    });

    for (const [repository, environment] of [
        ["acme/team-kustomize", "staging"],
        ["acme/fork", "staging"],
        ["acme/team-helm", "preview"],
        ["acme/team-helm", "production"],
    ] as const) {
        it(`get no token of staging's from a job of ${repository} in environment ${environment}`, async () => {
            const refused = await runners["team-helm"].tryAs(
                "staging",
                { repository, environment },
                "main",
                "ci/login.sh",
            );
            assert.match(refused, new RegExp(`AADSTS700213.*repo:${repository}:environment:${environment}`));
        });
    }
});

function git(cwd: string, ...args: string[]): void {
    execFileSync("git", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
