import * as pulumi from "@pulumi/pulumi";
import { planFleet } from "../../../components/gitops/fleet/fleet-plan";
import { configuredGitHub } from "../../../components/gitops/fleet/github-api";
import { ManifestCommit } from "../../../components/gitops/fleet/manifest-commit";
import { filesOf } from "../files";

/** The files by the component that commits the tree, planned as the platform plans them. */
async function main(): Promise<void> {
    const config = new pulumi.Config();
    const repository = { owner: config.require("owner"), name: config.require("repository") };
    const [branch, stack, mode] = ["main", pulumi.getStack(), "direct"] as const;
    const files = filesOf(config.requireNumber("files"));
    const plan = await planFleet(configuredGitHub({ token: undefined, appAuth: undefined }), {
        ...{ repository, branch, stack, mode, files },
        visibility: "private",
        imageAutomation: false,
        changes: !pulumi.runtime.isDryRun(),
    });
    if (plan.problems.length > 0) {
        throw new pulumi.RunError(plan.problems.join("\n"));
    }
    const changes = Object.fromEntries(plan.changes.map(({ path, kind }) => [path, kind]));
    const { plannedAt } = plan;
    new ManifestCommit("tree", { repository, branch, stack, mode, files, changes, plannedAt });
}

export = main;
