import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { generateKey } from "openpgp";
import type { Deployer } from "../../../components/azure/deployer";
import { demonstrationTenant } from "../../../components/gitops/encryption/demonstration";
import type { FleetPlan, FleetPlanArgs } from "../../../components/gitops/fleet/fleet-plan";
import type { ManifestTree } from "../../../components/gitops/fleet/manifest-tree";
import type { Finding } from "../../../components/preflight/finding";
import { diagnose, preflight, type Surroundings } from "../../../components/preflight/preflight";
import { physicalNames } from "../../../components/settings/naming";
import type { Configuration } from "../../../components/settings/settings";
import { UserError } from "../../../components/user-error";
import { deployer } from "../../support/azure";
import { everyVariable } from "../../support/every-variable";
import { configuration } from "../../support/fixtures";
import { sealedTree } from "../../support/sealed-secret";

const publicKnowledge = fs.readFileSync(
    path.join(__dirname, "../../../packages/sandbox/keys/demonstration.private.asc"),
    "utf8",
);

interface World {
    readonly caller: Deployer;
    readonly files: ManifestTree;
    readonly plan: Partial<FleetPlan>;
    readonly names: Partial<Awaited<ReturnType<Surroundings["azure"]["checkNames"]>>>;
    readonly subscription: readonly Finding[];
    readonly machine: Partial<Finding>;
}

const nothing: FleetPlan = {
    plannedAt: "2026-01-01T00:00:00.000Z",
    exists: true,
    changes: [],
    replaced: {},
    knownHosts: "",
    problems: [],
    warnings: [],
};

describe("preflight", () => {
    let privateKey: string;
    const asked: string[] = [];

    before(async () => {
        ({ privateKey } = await generateKey({ userIDs: [{ name: "stack" }], format: "armored" }));
        await pulumi.runtime.setMocks({ newResource: () => assert.fail(), call: () => assert.fail() }, "landfall");
    });

    beforeEach(() => void (asked.length = 0));

    /** A world in which nothing is wrong, but for what is given. */
    function world(of: Partial<World> = {}): Surroundings {
        const { caller = deployer, files = everyVariable, plan = {}, names = {}, subscription = [], machine = {} } = of;
        return {
            azure: {
                caller: () => Promise.resolve(caller),
                checkNames: (_, { registry }, location) => {
                    asked.push(`Azure ${registry} in ${location}`);
                    return Promise.resolve({ problems: [], recoverKeyVault: false, keyExists: true, ...names });
                },
                checkSubscription: ({ names: { cluster }, changes }) => {
                    asked.push(`Azure about ${cluster}${changes ? ", to change it" : ""}`);
                    return Promise.resolve(subscription);
                },
            },
            github: {
                planFleet: ({ repository, branch, stack, mode }: FleetPlanArgs) => {
                    asked.push(`GitHub ${repository.owner}/${repository.name} ${branch} ${stack} ${mode}`);
                    return Promise.resolve({ ...nothing, ...plan });
                },
            },
            tree: {
                load: (environment) => {
                    if (environment !== "staging") {
                        throw new Error(`no folder for ${environment}`);
                    }
                    return files;
                },
            },
            machine: { check: () => Promise.resolve([finding("kubelogin", machine)]) },
        };
    }

    const configured = (changes?: Record<string, unknown>): Configuration => {
        const { settings, secrets } = configuration("staging", changes);
        return { settings, secrets: { ...secrets, sopsPgpPrivateKey: privateKey } };
    };
    const run = (of: Partial<World> = {}, changes?: Record<string, unknown>) =>
        logged(() => preflight(configured(changes), world(of)));
    const refusal = async (of: Partial<World>, changes?: Record<string, unknown>) => {
        const { outcome } = await run(of, changes);
        assert.ok(outcome instanceof UserError);
        return outcome.message;
    };

    it("asks about the names and the branch that the settings lead to", async () => {
        const outcome = succeeded(await run({}, { "landfall:registryName": "acmeregistry" }));
        assert.deepEqual(asked.sort(), [
            "Azure about landfall-staging, to change it",
            "Azure acmeregistry in westeurope",
            "GitHub landfall-example/fleet-staging staging staging direct",
        ]);
        assert.equal(outcome.names.registry, "acmeregistry");
        assert.equal(outcome.deployer, deployer);
        assert.match(outcome.sopsFingerprints.join(), /^[0-9A-F]{40}$/);
        assert.equal(outcome.recoverKeyVault, false);
    });

    it("is about the deployer that the settings name, and refuses an update by somebody else", async () => {
        const upper = { "landfall:deployerObjectId": deployer.objectId.toUpperCase() };
        assert.equal(succeeded(await run({}, upper)).deployer, deployer);
        const caller: Deployer = {
            ...deployer,
            objectId: "33333333-3333-3333-3333-333333333333",
            principalType: "User",
        };
        assert.equal(
            await refusal({ caller }, upper),
            "one problem, and nothing was changed:\n" +
                `  landfall:deployerObjectId: ${deployer.objectId} deploys this stack, and you are ${caller.objectId}; deploy as ` +
                "that identity (docs/ci.md), or hand the stack over: pulumi config set landfall:deployerObjectId <object id>",
        );
        const others = world({ caller, machine: { problems: ["kubelogin: is not on the PATH"] } });
        const { found } = await diagnose(configured(upper), others, false);
        assert.deepEqual(found?.deployer, deployer, "a preview shows what the deployer would do");
    });

    it("lists what is wrong with tree, repository and names at once", async () => {
        const message = await refusal({
            files: { ...everyVariable, "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${nobody}\n" },
            plan: { problems: ["landfall:fleetBranch: belongs to another stack"] },
            names: { problems: [{ key: "landfall:registryName", message: "cannot be had" }] },
            subscription: [finding("quota", { problems: ["landfall:systemPool: too few vCPUs"] })],
            machine: { problems: ["kubelogin: is not on the PATH"] },
        });
        const [first, ...lines] = message.split("\n");
        assert.equal(first, "6 problems, and nothing was changed:");
        for (const [index, expected] of [
            /gitops\/a\.yaml:4: \$\{nobody\} is not produced/,
            /gitops\/a\.yaml: Secret .* is not encrypted/,
            /landfall:fleetBranch: belongs to another stack/,
            /landfall:systemPool: too few vCPUs/,
            /landfall:registryName: cannot be had/,
            /kubelogin: is not on the PATH/,
        ].entries()) {
            assert.match(lines[index] ?? "", expected);
        }
    });

    it("counts a vault that comes back as one that decrypts", async () => {
        const { vault, files } = encryptedToOwnVault(configured());
        const lost = await refusal({ files, names: { keyExists: false } });
        assert.ok(lost.includes(vault), lost);
        const outcome = succeeded(await run({ files, names: { keyExists: false, recoverKeyVault: true } }));
        assert.equal(outcome.recoverKeyVault, true);
    });

    it("lists a tree that has no such environment beside what Azure says, and does not ask GitHub", async () => {
        const names = { problems: [{ key: "landfall:registryName", message: "taken" }] };
        const message = await refusal({ names }, { "landfall:environment": "testing" });
        assert.match(message, /2 problems.*\n.*no folder for testing\n {2}landfall:registryName: taken/);
        assert.ok(!asked.some((question) => question.startsWith("GitHub")));
    });

    it("says a line once, whoever found it", async () => {
        const line = { key: "Microsoft.KeyVault", message: "the subscription does not use it yet" };
        const message = await refusal({
            names: { problems: [line] },
            subscription: [finding("services", { problems: [`${line.key}: ${line.message}`] })],
        });
        assert.equal(message, `one problem, and nothing was changed:\n  ${line.key}: ${line.message}`);
    });

    it("does not stop at a warning, nor at what nobody says, but says both", async () => {
        const { output, outcome } = await run({
            names: { unknown: "HTTP 403 AuthorizationFailed" },
            subscription: [finding("address", { warnings: ["landfall:authorizedIpRanges: not in one"] })],
        });
        assert.ok(!(outcome instanceof Error));
        assert.match(output, /landfall:authorizedIpRanges: not in one/);
        assert.match(output, /not known before the update:\n {2}names in Azure: HTTP 403 AuthorizationFailed/);
    });

    it("takes the demonstration's key in the demonstration's tenant alone", async () => {
        const configuration = configured();
        const demonstration = {
            ...configuration,
            secrets: { ...configuration.secrets, sopsPgpPrivateKey: publicKnowledge },
        };
        const inTenant = (tenantId: string) => {
            const { azure, ...others } = world();
            return { ...others, azure: { ...azure, caller: () => Promise.resolve({ ...deployer, tenantId }) } };
        };
        await assert.rejects(
            preflight(demonstration, inTenant(deployer.tenantId)),
            /landfall:sopsPgpPrivateKey: holds the demonstration's key/,
        );
        await preflight(demonstration, inTenant(demonstrationTenant));
    });

    it("warns of a stack without a domain", async () => {
        assert.match(
            (await run({}, { "landfall:domain": "" })).output,
            /landfall:domain: is not set, .* never become Ready/,
        );
        assert.doesNotMatch((await run()).output, /landfall:domain/);
    });

    it("says what the stack costs a month, in a preview alone", async () => {
        const mocks = { newResource: () => assert.fail(), call: () => assert.fail() };
        const line = /list price a month: \$\d+ to \$\d+, .*npm run cost -- --stack staging/;
        assert.doesNotMatch((await run()).output, /list price/);
        await pulumi.runtime.setMocks(mocks, "landfall", "staging", true);
        try {
            assert.match((await run()).output, line);
        } finally {
            await pulumi.runtime.setMocks(mocks, "landfall");
        }
    });

    it("lists what is wrong with the tree and on GitHub when nobody is logged in to Azure", async () => {
        const { azure, ...others } = world({ plan: { problems: ["landfall:fleetBranch: belongs to another stack"] } });
        const loggedOut = { ...azure, caller: () => Promise.reject(new Error("no login")) };
        await assert.rejects(preflight(configured(), { ...others, azure: loggedOut }), (error: Error) => {
            assert.match(error.message, /2 problems/);
            assert.match(
                error.message,
                /landfall:fleetBranch: belongs to another stack\n {2}Azure: nobody is logged in.*no login/,
            );
            return true;
        });
    });

    it("lists what is wrong in Azure when GitHub does not answer", async () => {
        const { github, ...others } = world({
            names: { problems: [{ key: "landfall:registryName", message: "taken" }] },
        });
        const mute = { ...github, planFleet: () => Promise.reject(new UserError("GitHub: 503")) };
        await assert.rejects(
            preflight(configured(), { ...others, github: mute }),
            /GitHub: 503\n {2}landfall:registryName: taken/,
        );
    });

    it("passes on why Azure or GitHub cannot be asked", async () => {
        const mute = world();
        const denied = { ...mute, azure: { ...mute.azure, checkNames: () => Promise.reject(new UserError("denied")) } };
        await assert.rejects(preflight(configured(), denied), /denied/);
    });

    it("logs every file that the commit would change, and the lines of those that the branch has", async () => {
        const file = { addedLines: 1, removedLines: 0 };
        const changes = [
            { ...file, path: "a.yaml", kind: "changed" as const, diff: "+changed line" },
            { ...file, path: "b.yaml", kind: "added" as const, diff: "+added line" },
        ];
        const { output } = await run({ plan: { changes } });
        assert.match(output, /fleet-staging, branch staging: one commit of 2 files\n {2}changed {2}a\.yaml \(\+1 -0\)/);
        assert.match(output, /added {4}b\.yaml \(\+1 -0\)\n\+changed line/);
        assert.doesNotMatch(output, /added line/);
        const proposed = await run({ plan: { changes } }, { "landfall:commitMode": "pullRequest" });
        assert.match(proposed.output, /a pull request that changes 2 files/);
        assert.doesNotMatch((await run()).output, /commit/);
    });
});

function finding(title: string, found: Partial<Finding>): Finding {
    return { title, problems: [], warnings: [], ...found };
}

function succeeded<T>({ outcome }: { readonly outcome: T | Error }): T {
    if (outcome instanceof Error) {
        throw outcome;
    }
    return outcome;
}

/** A tree whose one Secret only the Key Vault key of the stack decrypts. */
function encryptedToOwnVault({ settings }: Configuration): { readonly vault: string; readonly files: ManifestTree } {
    const { keyVault } = physicalNames({ ...deployer, project: "landfall", stack: settings.stack }, settings);
    const vault = `https://${keyVault}.vault.azure.net`;
    return { vault, files: { ...everyVariable, ...sealedTree({ keyVault: [`${vault}/keys/sops/v1`] }) } };
}

/** What a run logs, without an engine to log to, and how it ends. */
async function logged<T>(run: () => Promise<T>): Promise<{ readonly output: string; readonly outcome: T | Error }> {
    const { log, warn, error, info } = console;
    let output = "";
    console.log = console.warn = console.error = console.info = (line: string) => void (output += `${line}\n`);
    try {
        const outcome = await run().catch((failed: Error) => failed);
        return { output, outcome };
    } finally {
        Object.assign(console, { log, warn, error, info });
    }
}
