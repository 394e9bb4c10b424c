import * as pulumi from "@pulumi/pulumi";
import type { Deployer } from "../azure/deployer";
import type { NameCheck } from "../azure/name-check";
import { keyVaultKeyOf } from "../gitops/encryption/decryption-keys";
import type { FleetPlan, FleetPlanArgs } from "../gitops/fleet/fleet-plan";
import type { ManifestTree } from "../gitops/fleet/manifest-tree";
import type { GitHubApp } from "../settings/github-login";
import { type PhysicalNames, physicalNames } from "../settings/naming";
import type { Configuration, Settings } from "../settings/settings";
import { UserError } from "../user-error";
import { checkTree } from "./tree-check";

/** What the program found out before it made anything. */
export interface Preflight {
    readonly deployer: Deployer;
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
}

export interface AzureSurroundings {
    deployer(): Promise<Deployer>;
    /** Whether the names that all of Azure shares can be had, and whether the stack's Key Vault key exists. */
    checkNames(deployer: Deployer, names: PhysicalNames, location: string): Promise<NameCheck & { keyExists: boolean }>;
}

export interface GitHubSurroundings {
    planFleet(args: FleetPlanArgs): Promise<FleetPlan>;
}

interface TreeSurroundings {
    /** The files that an environment's branch is to hold. @throws Error if there is no such environment. */
    load(environment: string): ManifestTree;
}

/**
 * Looks at everything that could stop an update half-way: the tree, the repository, names that all of Azure shares. It
 * only reads, so a preview does it too, and logs what the commit would change.
 *
 * @throws UserError that lists every problem, each with its setting, file or resource and what to do.
 */
export async function preflight(
    { settings, secrets }: Configuration,
    { azure, github, tree }: Surroundings,
): Promise<Preflight> {
    const files = loadTree(tree, settings.environment);
    const deployer = await azure.deployer();
    const scope = { project: pulumi.getProject(), stack: settings.stack, subscriptionId: deployer.subscriptionId };
    const names = physicalNames(scope, settings);
    const [azureNames, fleet] = await Promise.all([
        azure.checkNames(deployer, names, settings.location),
        github.planFleet(fleetPlanArgs(settings, secrets.fluxApp, files)),
    ]);
    const { recoverKeyVault } = azureNames;
    const checked = await checkTree({
        files,
        replaced: fleet.replaced,
        sopsPgpPrivateKey: secrets.sopsPgpPrivateKey,
        lostSopsKeys: settings.lostSopsKeys,
        keyVault: { address: keyVaultKeyOf(names.keyVault), exists: azureNames.keyExists || recoverKeyVault },
    });
    const taken = azureNames.problems.map(({ key, message }) => `${key}: ${message}`);
    refuse([...checked.problems, ...fleet.problems, ...taken]);
    checked.warnings.forEach((warning) => void pulumi.log.warn(warning));
    announce(fleet, settings);
    return { deployer, names, recoverKeyVault, files, fleet, sopsFingerprints: checked.sopsFingerprints };
}

function fleetPlanArgs(settings: Settings, fluxApp: GitHubApp | undefined, files: ManifestTree): FleetPlanArgs {
    return {
        repository: { owner: settings.githubOwner, name: settings.fleetRepository },
        branch: settings.fleetBranch,
        stack: settings.stack,
        mode: settings.commitMode,
        visibility: settings.fleetVisibility,
        imageAutomation: settings.imageAutomation,
        fluxApp,
        files,
    };
}

function loadTree(tree: TreeSurroundings, environment: string): ManifestTree {
    try {
        return tree.load(environment);
    } catch (error) {
        throw new UserError(error instanceof Error ? error.message : String(error));
    }
}

function refuse(problems: readonly string[]): void {
    if (problems.length > 0) {
        const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
        throw new UserError(`${count}, and nothing was changed:\n${problems.map((p) => `  ${p}`).join("\n")}`);
    }
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
