import * as authorization from "@pulumi/azure-native/authorization";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { currentDeployer, type Deployer } from "../azure/deployer";
import { sopsKeyExists } from "../azure/key-check";
import { checkNames } from "../azure/name-check";
import { contractProblems } from "../gitops/flux/cluster-vars";
import { type DecryptionKeys, keyVaultKeyOf, pgpKeys } from "../gitops/encryption/decryption-keys";
import { type FleetPlan, planFleet } from "../gitops/fleet/fleet-plan";
import { loadManifestTree, type ManifestTree, syntaxProblems } from "../gitops/fleet/manifest-tree";
import { branchProblems, keyVaultAlone, sopsProblems } from "../gitops/encryption/sops-files";
import { type PhysicalNames, physicalNames } from "../settings/naming";
import { UserError } from "../user-error";
import type { Settings } from "../settings/settings";

/** What the program found out before it made anything. */
export interface Preflight {
    readonly deployer: Deployer;
    readonly names: PhysicalNames;
    /** The deployer's own vault, deleted earlier and still kept by Azure, is to be recovered. */
    readonly recoverKeyVault: boolean;
    readonly files: ManifestTree;
    readonly fleet: FleetPlan;
}

/** The folder that is committed to the fleet repository. */
const gitopsDirectory = path.join(__dirname, "..", "..", "gitops");

/**
 * Looks at everything that could stop an update half-way: the tree, the repository, names that all of Azure shares. Reads
 * only, so that a preview does it too, and logs what the commit would change.
 *
 * @throws UserError that lists every problem, each with its setting, file or resource and what to do.
 */
export async function preflight(settings: Settings): Promise<Preflight> {
    const files = loadTree(settings.environment);
    const deployer = await currentDeployer();
    const { subscriptionId } = deployer;
    const names = physicalNames({ project: pulumi.getProject(), stack: settings.stack, subscriptionId }, settings);
    const [{ problems: nameProblems, recoverKeyVault, keyExists }, fleet] = await Promise.all([
        askAzure(deployer, names, settings.location),
        planFleet({
            repository: { owner: settings.githubOwner, name: settings.fleetRepository },
            branch: settings.fleetBranch,
            stack: settings.stack,
            mode: settings.commitMode,
            files,
        }),
    ]);
    const taken = nameProblems.map(({ key, message }) => `${key}: ${message}`);
    const keyVault = { address: keyVaultKeyOf(names.keyVault), exists: keyExists || recoverKeyVault };
    refuse([...(await checkTree(files, fleet, settings, keyVault)), ...fleet.problems, ...taken]);
    announce(fleet, settings);
    return { deployer, names, recoverKeyVault, files, fleet };
}

function loadTree(environment: string): ManifestTree {
    try {
        return loadManifestTree(gitopsDirectory, environment);
    } catch (error) {
        throw new UserError(error instanceof Error ? error.message : String(error));
    }
}

async function checkTree(
    files: ManifestTree,
    { replaced }: FleetPlan,
    { sopsPgpPrivateKey, lostSopsKeys }: Settings,
    keyVault: DecryptionKeys["keyVault"],
): Promise<string[]> {
    const syntax = syntaxProblems(files);
    if (syntax.length > 0) {
        return syntax;
    }
    const encryption = await pgpKeys(await plainText(sopsPgpPrivateKey)).then(
        (pgp) => {
            const keys = { pgp, keyVault };
            warn("the tree", keyVaultAlone(files, keys));
            warn("the branch, until this tree is applied", keyVaultAlone(replaced, keys));
            return [...sopsProblems(files, keys), ...branchProblems(replaced, keys, lostSopsKeys)];
        },
        (error: Error) => [error.message],
    );
    return [...contractProblems(files), ...encryption];
}

function warn(where: string, what: string | undefined): void {
    if (what !== undefined) {
        void pulumi.log.warn(`${where}: ${what}`);
    }
}

async function askAzure({ subscriptionId }: Deployer, names: PhysicalNames, location: string) {
    const { token } = await authorization.getClientToken();
    const { durableGroup: resourceGroupName, registry, keyVault, storageAccount } = names;
    const question = { subscriptionId, resourceGroupName, location, registry, keyVault, storageAccount, token };
    const [found, keyExists] = await Promise.all([checkNames(question), sopsKeyExists(question)]);
    return { ...found, keyExists };
}

function refuse(problems: readonly string[]): void {
    if (problems.length > 0) {
        const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
        throw new UserError(`${count}, and nothing was changed:\n${problems.map((p) => `  ${p}`).join("\n")}`);
    }
}

/**
 * Says what the commit would change: every file, and of files that are on the branch already the lines. What is added is
 * in gitops/ to read.
 */
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

/** The value of a setting that is a Pulumi secret: known already, and needed before there is a resource. */
function plainText(secret: pulumi.Output<string>): Promise<string> {
    return new Promise((resolve) => secret.apply(resolve));
}
