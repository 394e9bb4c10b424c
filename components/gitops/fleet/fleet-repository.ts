import { createPublicKey } from "node:crypto";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { GitHubApp } from "../../settings/github-login";
import type { FleetPlan } from "./fleet-plan";
import type { RepositoryName } from "./github-api";
import { type CommitMode, ManifestCommit } from "./manifest-commit";
import type { ManifestTree } from "./manifest-tree";
import type { Visibility } from "./repository-state";

export interface FleetRepositoryArgs {
    readonly repository: RepositoryName;
    /** Branch that this stack's cluster follows. */
    readonly branch: string;
    readonly stack: string;
    readonly commitMode: CommitMode;
    /** Who may read the repository, if it is created. */
    readonly visibility: Visibility;
    readonly files: ManifestTree;
    readonly plan: FleetPlan;
    /** Whether Flux may commit new image versions, for which its deploy key has to write. */
    readonly imageAutomation: boolean;
    /** The GitHub App that Flux reads the repository as; without it, the program makes a deploy key. */
    readonly fluxApp?: GitHubApp | undefined;
    /** Whether the repository is protected against deletion and replacement. */
    readonly protect: boolean;
}

/** What Flux needs to read the repository. */
export interface GitAccess {
    readonly url: pulumi.Output<string>;
    readonly branch: string;
    /** `github` for a GitHub App, `generic` for a deploy key. */
    readonly provider: "generic" | "github";
    /** Data of the Secret that Flux logs in with, known once GitHub accepts it. Secret. */
    readonly credentials: pulumi.Output<Record<string, string>>;
    /** Public half of the key in it. */
    readonly publicKey: pulumi.Output<string>;
}

/**
 * The repository that Flux follows: created, or adopted if it exists; a deploy key that may only read, unless Flux
 * updates images, or the login of a GitHub App; and the tree on the stack's branch. The repository is kept on destroy,
 * with everything in it. It deliberately does not manage the settings of a repository that it adopted.
 */
export class FleetRepository extends pulumi.ComponentResource {
    readonly access: GitAccess;
    readonly htmlUrl: pulumi.Output<string>;
    /** Head of the stack's branch. */
    readonly commit: pulumi.Output<string>;
    /** Pull request that proposes the tree's change, or empty. */
    readonly pullRequestUrl: pulumi.Output<string>;

    constructor(name: string, args: FleetRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:gitops:FleetRepository", name, {}, opts);
        const repository = this.createRepository(name, args);
        const commit = this.createCommit(name, args, repository);
        this.access = args.fluxApp
            ? appAccess(args.fluxApp, args.branch, repository)
            : this.createDeployKey(name, args, repository);
        this.htmlUrl = repository.htmlUrl;
        // With nothing to change the commit's resource stays as it was, but the branch may have moved since then.
        const unchanged = args.plan.changes.length === 0;
        this.commit = unchanged && args.plan.head ? pulumi.output(args.plan.head) : commit.commit;
        this.pullRequestUrl = unchanged ? pulumi.output("") : commit.pullRequestUrl;
        this.registerOutputs({ htmlUrl: this.htmlUrl, commit: this.commit, pullRequestUrl: this.pullRequestUrl });
    }

    private createRepository(
        name: string,
        { repository, visibility, plan, protect }: FleetRepositoryArgs,
    ): github.Repository {
        return new github.Repository(
            name,
            {
                name: repository.name,
                description: "What the clusters run. Written by Landfall, reconciled by Flux.",
                visibility,
                autoInit: true,
                hasIssues: true,
                deleteBranchOnMerge: true,
            },
            {
                parent: this,
                protect,
                retainOnDelete: true,
                // Of a repository that exists only its name matters: its settings are its owner's. The engine ignores
                // the import once the repository is in the state.
                ...(plan.exists ? { import: repository.name } : {}),
                // Another name is another repository: renamed, it would take the branches of others along.
                replaceOnChanges: ["name"],
                ignoreChanges: ["description", "visibility", "autoInit", "hasIssues", "deleteBranchOnMerge"],
            },
        );
    }

    private createDeployKey(name: string, args: FleetRepositoryArgs, repository: github.Repository): GitAccess {
        // Flux has fetched with a new key before the engine deletes the old one, at the end of an update that succeeds.
        const replaced = { parent: this, deleteBeforeReplace: false };
        const key = new tls.PrivateKey(
            `${name}-deploy-key`,
            { algorithm: "ED25519" },
            // What a deploy key may do is fixed, and GitHub takes a key only once: other rights or another
            // repository need another key.
            { ...replaced, replacementTrigger: [args.repository.name, args.imageAutomation] },
        );
        const deployKey = new github.RepositoryDeployKey(
            `${name}-deploy-key`,
            {
                repository: repository.name,
                title: `flux ${args.stack}`,
                // GitHub stores the key without the newline and would report a difference for ever.
                key: key.publicKeyOpenssh.apply((text) => text.trim()),
                readOnly: !args.imageAutomation,
            },
            replaced,
        );
        const registered = <Value>(value: pulumi.Output<Value>) => {
            return pulumi.all([value, deployKey.id]).apply(([known]) => known);
        };
        return {
            // Flux takes ssh:// URLs, not the scp-like form that GitHub shows.
            url: registered(repository.fullName).apply((fullName) => `ssh://git@github.com/${fullName}.git`),
            branch: args.branch,
            provider: "generic",
            credentials: pulumi.secret(
                pulumi
                    .all([registered(key.privateKeyOpenssh), registered(key.publicKeyOpenssh)])
                    .apply(([identity, publicKey]): Record<string, string> => ({
                        identity,
                        "identity.pub": publicKey,
                        known_hosts: args.plan.knownHosts,
                    })),
            ),
            publicKey: registered(key.publicKeyOpenssh).apply((text) => text.trim()),
        };
    }

    private createCommit(name: string, args: FleetRepositoryArgs, repository: github.Repository): ManifestCommit {
        return new ManifestCommit(
            `${name}-tree`,
            {
                repository: { owner: args.repository.owner, name: repository.name },
                branch: args.branch,
                stack: args.stack,
                mode: args.commitMode,
                files: args.files,
                plannedAt: args.plan.plannedAt,
                changes: Object.fromEntries(
                    args.plan.changes.map(({ path, kind, addedLines, removedLines }) => [
                        path,
                        `${kind} (+${addedLines} -${removedLines})`,
                    ]),
                ),
            },
            { parent: this, retainOnDelete: true },
        );
    }
}

/** @see https://fluxcd.io/flux/components/source/gitrepositories/#github */
function appAccess(app: GitHubApp, branch: string, repository: github.Repository): GitAccess {
    return {
        url: pulumi.interpolate`https://github.com/${repository.fullName}.git`,
        branch,
        provider: "github",
        credentials: pulumi.secret<Record<string, string>>({
            githubAppID: app.id,
            githubAppInstallationID: app.installationId,
            githubAppPrivateKey: app.privateKey,
        }),
        publicKey: pulumi.output(createPublicKey(app.privateKey).export({ type: "spki", format: "pem" }).toString()),
    };
}
