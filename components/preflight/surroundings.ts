import * as authorization from "@pulumi/azure-native/authorization";
import { ArmClient } from "../azure/arm-client";
import { currentDeployer } from "../azure/deployer";
import { sopsKeyExists } from "../azure/key-check";
import { checkNames } from "../azure/name-check";
import { planFleet } from "../gitops/fleet/fleet-plan";
import { githubApi } from "../gitops/fleet/github-api";
import { loadManifestTree } from "../gitops/fleet/manifest-tree";
import type { GitHubLogin } from "../settings/github-login";
import { UserError } from "../user-error";
import type { AzureSurroundings, GitHubSurroundings, Surroundings } from "./preflight";

/** Azure as the Azure provider is logged in, GitHub as the login's identity, and the files of a folder. */
export function surroundings(githubLogin: GitHubLogin, gitopsDirectory: string): Surroundings {
    return {
        azure,
        github: githubOf(githubLogin),
        tree: { load: (environment) => loadManifestTree(gitopsDirectory, environment) },
    };
}

const azure: AzureSurroundings = {
    deployer: currentDeployer,
    async checkNames({ subscriptionId }, names, location) {
        const { durableGroup: resourceGroupName, registry, keyVault, storageAccount } = names;
        const args = { subscriptionId, resourceGroupName, location, registry, keyVault, storageAccount };
        const arm = new ArmClient((await authorization.getClientToken()).token);
        const [found, keyExists] = await Promise.all([checkNames(arm, args), sopsKeyExists(arm, args)]);
        return { ...found, keyExists };
    },
};

function githubOf(login: GitHubLogin): GitHubSurroundings {
    return {
        planFleet: (args) =>
            planFleet(githubApi(login), args).catch((error: Error) => {
                throw new UserError(error.message);
            }),
    };
}
