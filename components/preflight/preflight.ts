import * as pulumi from "@pulumi/pulumi";
import { type Deployer, deployerOf } from "../azure/deployer";
import type { NameCheck } from "../azure/name-check";
import { costLine } from "../cost/cost-line";
import { type DecryptionKeys, keyVaultKeyOf } from "../gitops/encryption/decryption-keys";
import { demonstrationTenant } from "../gitops/encryption/demonstration";
import type { FleetPlan, FleetPlanArgs } from "../gitops/fleet/fleet-plan";
import type { ManifestTree } from "../gitops/fleet/manifest-tree";
import type { GitHubApp } from "../settings/github-login";
import { type PhysicalNames, physicalNames } from "../settings/naming";
import type { Configuration, Secrets, Settings } from "../settings/settings";
import { UserError } from "../user-error";
import type { Subject } from "./azure/subscription";
import { domain } from "./domain";
import { type Finding, findingOf } from "./finding";
import { recoveryTime } from "./recovery-time";
import { checkTree } from "./tree-check";

/** What the program found out before it made anything. */
export interface Preflight {
    readonly deployer: Deployer;
    /** Whether that is who runs the program, and not somebody who looks at what it would do. */
    readonly byDeployer: boolean;
    readonly names: PhysicalNames;
    /** Azure still keeps the deployer's own vault, deleted, so that it has to be recovered. */
    readonly recoverKeyVault: boolean;
    readonly files: ManifestTree;
    readonly fleet: FleetPlan;
    /** Fingerprints of the PGP keys that decrypt the tree. */
    readonly sopsFingerprints: readonly string[];
}

/** Where the preflight looks. Everything here reads only. */
export interface Surroundings {
    readonly azure: AzureSurroundings;
    readonly github: GitHubSurroundings;
    readonly tree: TreeSurroundings;
    readonly machine: MachineSurroundings;
}

export interface AzureSurroundings {
    /** Who runs the program. */
    caller(): Promise<Deployer>;
    /** Whether the names that all of Azure shares can be had, and whether the stack's Key Vault key exists. */
    checkNames(deployer: Deployer, names: PhysicalNames, location: string): Promise<NamesFound>;
    /** What the subscription and its region say before anything is made. */
    checkSubscription(subject: Subject): Promise<readonly Finding[]>;
}

interface NamesFound extends NameCheck {
    readonly keyExists: boolean;
    /** Why Azure does not say; the names then count as free, and the key as there. */
    readonly unknown?: string;
}

export interface GitHubSurroundings {
    planFleet(args: FleetPlanArgs): Promise<FleetPlan>;
}

interface TreeSurroundings {
    /** The files that an environment's branch is to hold. @throws Error if there is no such environment. */
    load(environment: string): ManifestTree;
}

export interface MachineSurroundings {
    /** What the machine has to have for an update. */
    check(): Promise<readonly Finding[]>;
}

/** Every answer, and what the program needs of them; undefined if a problem is in the way. */
interface Diagnosis {
    readonly findings: readonly Finding[];
    readonly found: Preflight | undefined;
}

/**
 * Looks at everything that could stop an update half-way: the tree, the repository, the subscription, names that all of
 * Azure shares, the machine. It only reads, so a preview does it too, and logs what the commit would change.
 *
 * @throws UserError that lists every problem, each with its setting, file or resource and what to do.
 */
export async function preflight(configuration: Configuration, surroundings: Surroundings): Promise<Preflight> {
    const { findings, found } = await diagnose(configuration, surroundings, !pulumi.runtime.isDryRun());
    const problems = findings.flatMap((finding) => finding.problems);
    if (!found || problems.length > 0) {
        throw refusal(problems);
    }
    findings.flatMap(({ warnings }) => warnings).forEach((warning) => void pulumi.log.warn(warning));
    const unknown = findings.filter((finding) => finding.unknown !== undefined);
    if (unknown.length > 0) {
        const lines = unknown.map((finding) => `  ${finding.title}: ${finding.unknown}`);
        void pulumi.log.info(["not known before the update:", ...lines].join("\n"));
    }
    announce(found.fleet, configuration.settings);
    if (pulumi.runtime.isDryRun()) {
        void pulumi.log.info(costLine(configuration.settings));
    }
    return found;
}

/**
 * The same look, with the answer to each question; it refuses nothing. `changes` says whether the caller is about to
 * change Azure, which takes more rights than a preview. Secrets that a stack does not have yet leave their questions
 * open.
 */
export async function diagnose(
    { settings, secrets }: { readonly settings: Settings; readonly secrets: Partial<Secrets> },
    { azure, github, tree, machine }: Surroundings,
    changes: boolean,
): Promise<Diagnosis> {
    const files = loadTree(tree, settings.environment);
    const [cloud, fleet, own] = await Promise.all([
        lookAtAzure(azure, settings, changes),
        files instanceof UserError
            ? unseenFleet("the tree cannot be read")
            : secrets.githubLogin === undefined
              ? unseenFleet("there is no login for GitHub")
              : lookAtFleet(github, fleetPlanArgs(settings, secrets.fluxApp, files, changes)),
        machine.check(),
    ]);
    const checked =
        files instanceof UserError
            ? { problems: [files.message], warnings: [], sopsFingerprints: [] }
            : await checkTree({
                  files,
                  replaced: fleet.plan?.replaced ?? {},
                  sopsPgpPrivateKey: secrets.sopsPgpPrivateKey,
                  lostSopsKeys: settings.lostSopsKeys,
                  keyVault: cloud.known?.keyVault ?? anyKeyVault,
                  environment: settings.environment,
                  isDemonstration: cloud.known?.deployer.tenantId === demonstrationTenant,
              });
    const { problems, warnings, sopsFingerprints } = checked;
    const ofSettings = await Promise.all([
        findingOf("domain", () => domain(settings)),
        findingOf("time to recover to", () => recoveryTime(settings)),
    ]);
    // Who only looks at what the deployer would do does not enter the cluster.
    const login = changes || cloud.known?.byDeployer !== false ? own : [];
    const all = [{ title: "tree", problems, warnings }, fleet.finding, ...cloud.findings, ...login, ...ofSettings];
    const findings = eachLineOnce(all);
    const sound = findings.every((finding) => finding.problems.length === 0);
    const { known } = cloud;
    if (!sound || !known || !fleet.plan || files instanceof UserError) {
        return { findings, found: undefined };
    }
    const { deployer, byDeployer, names, recoverKeyVault } = known;
    const { plan } = fleet;
    return {
        findings,
        found: { deployer, byDeployer, names, recoverKeyVault, files, fleet: plan, sopsFingerprints },
    };
}

/** While nobody knows the stack's own, a key of every vault counts. */
const anyKeyVault = { address: "https:/", exists: true };

/** What is known of Azure once somebody is logged in. */
interface Cloud {
    readonly deployer: Deployer;
    readonly byDeployer: boolean;
    readonly names: PhysicalNames;
    readonly recoverKeyVault: boolean;
    readonly keyVault: DecryptionKeys["keyVault"];
}

async function lookAtAzure(
    azure: AzureSurroundings,
    settings: Settings,
    changes: boolean,
): Promise<{ readonly findings: readonly Finding[]; readonly known: Cloud | undefined }> {
    const caller = await azure.caller().catch((error: Error) => error);
    if (caller instanceof Error) {
        const problem = `Azure: nobody is logged in, or not in a subscription (az login, az account set): ${caller.message}`;
        return { findings: [{ title: "login to Azure", problems: [problem], warnings: [] }], known: undefined };
    }
    const deployer = deployerOf(caller, settings.deployerObjectId);
    const byDeployer = caller.objectId === deployer.objectId;
    const { subscriptionId } = deployer;
    const names = physicalNames({ project: pulumi.getProject(), stack: settings.stack, subscriptionId }, settings);
    const [shared, ...findings] = await Promise.all([
        azure.checkNames(deployer, names, settings.location),
        ...settings.clusters.map((cluster) => {
            const own = { ...names, ...names.ofCluster(cluster) };
            return azure.checkSubscription({ subscriptionId, names: own, settings, changes, byDeployer });
        }),
    ]);
    const { recoverKeyVault, keyExists, unknown } = shared;
    const problems = shared.problems.map(({ key, message }) => `${key}: ${message}`);
    const login = {
        title: "login to Azure",
        problems: changes && !byDeployer ? [notYours(caller, deployer)] : [],
        warnings: [],
    };
    const own = { title: "names in Azure", problems, warnings: [], ...(unknown === undefined ? {} : { unknown }) };
    const keyVault = { address: keyVaultKeyOf(names.keyVault), exists: keyExists || recoverKeyVault };
    return {
        findings: [...findings.flat(), own, login],
        known: { deployer, byDeployer, names, recoverKeyVault, keyVault },
    };
}

function notYours(caller: Deployer, deployer: Deployer): string {
    return (
        `landfall:deployerObjectId: ${deployer.objectId} deploys this stack, and you are ${caller.objectId}; deploy as that ` +
        "identity (docs/ci.md), or hand the stack over: pulumi config set landfall:deployerObjectId <object id>"
    );
}

async function lookAtFleet(
    github: GitHubSurroundings,
    args: FleetPlanArgs,
): Promise<{ readonly finding: Finding; readonly plan: FleetPlan | undefined }> {
    const title = "fleet repository";
    const plan = await github.planFleet(args).catch((error: unknown) => {
        if (error instanceof UserError) {
            return error;
        }
        throw error;
    });
    return plan instanceof UserError
        ? { finding: { title, problems: [plan.message], warnings: [] }, plan: undefined }
        : { finding: { title, problems: plan.problems, warnings: plan.warnings }, plan };
}

function unseenFleet(unknown: string) {
    return { finding: { title: "fleet repository", problems: [], warnings: [], unknown }, plan: undefined };
}

/** A service that is not registered is found by each check that asks it. */
function eachLineOnce(findings: readonly Finding[]): Finding[] {
    const said = new Set<string>();
    return findings.map((finding) => {
        const problems = finding.problems.filter((problem) => !said.has(problem));
        problems.forEach((problem) => said.add(problem));
        return { ...finding, problems };
    });
}

function fleetPlanArgs(
    settings: Settings,
    fluxApp: GitHubApp | undefined,
    files: ManifestTree,
    changes: boolean,
): FleetPlanArgs {
    return {
        repository: { owner: settings.githubOwner, name: settings.fleetRepository },
        branch: settings.fleetBranch,
        stack: settings.stack,
        mode: settings.commitMode,
        visibility: settings.fleetVisibility,
        imageAutomation: settings.imageAutomation,
        fluxApp,
        files,
        changes,
    };
}

function loadTree(tree: TreeSurroundings, environment: string): ManifestTree | UserError {
    try {
        return tree.load(environment);
    } catch (error) {
        return new UserError(error instanceof Error ? error.message : String(error));
    }
}

function refusal(problems: readonly string[]): UserError {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    return new UserError(`${count}, and nothing was changed:\n${problems.map((p) => `  ${p}`).join("\n")}`);
}

/** Logs what the commit would change: every file, and the changed lines of files that the branch already has. */
function announce({ changes }: FleetPlan, { fleetRepository, fleetBranch, commitMode }: Settings): void {
    if (changes.length > 0) {
        const count = changes.length === 1 ? "one file" : `${changes.length} files`;
        const what = commitMode === "pullRequest" ? `a pull request that changes ${count}` : `one commit of ${count}`;
        const list = changes.map(({ path, kind, addedLines, removedLines }) => {
            return `  ${kind.padEnd(7)}  ${path} (+${addedLines} -${removedLines})`;
        });
        const diffs = changes.filter(({ kind }) => kind !== "added").map(({ diff }) => diff);
        void pulumi.log.info([`${fleetRepository}, branch ${fleetBranch}: ${what}`, ...list, ...diffs].join("\n"));
    }
}
