import * as authorization from "@pulumi/azure-native/authorization";
import { ArmClient, ArmRefusal } from "../azure/arm-client";
import { currentDeployer } from "../azure/deployer";
import { sopsKeyExists } from "../azure/key-check";
import { checkNames } from "../azure/name-check";
import { planFleet } from "../gitops/fleet/fleet-plan";
import { githubApi } from "../gitops/fleet/github-api";
import { loadManifestTree } from "../gitops/fleet/manifest-tree";
import type { GitHubLogin } from "../settings/github-login";
import { UserError } from "../user-error";
import { checkSubscription } from "./azure/subscription-checks";
import { findingOf } from "./finding";
import { kubelogin } from "./kubelogin";
import type { AzureSurroundings, GitHubSurroundings, MachineSurroundings, Surroundings } from "./preflight";

/** Azure as the Azure provider is logged in, GitHub as the login's identity, and the files of a folder. */
export function surroundings(githubLogin: GitHubLogin, gitopsDirectory: string): Surroundings {
    return {
        azure,
        github: githubOf(githubLogin),
        tree: { load: (environment) => loadManifestTree(gitopsDirectory, environment) },
        machine,
    };
}

const azure: AzureSurroundings = {
    caller: currentDeployer,
    async checkNames({ subscriptionId }, names, location) {
        const { durableGroup: resourceGroupName, registry, keyVault, storageAccount } = names;
        const args = { subscriptionId, resourceGroupName, location, registry, keyVault, storageAccount };
        const arm = new ArmClient((await authorization.getClientToken()).token);
        try {
            const [found, keyExists] = await Promise.all([checkNames(arm, args), sopsKeyExists(arm, args)]);
            return { ...found, keyExists };
        } catch (error) {
            if (error instanceof ArmRefusal && (error.status === 401 || error.status === 403)) {
                return { problems: [], recoverKeyVault: false, keyExists: true, unknown: error.message };
            }
            throw error;
        }
    },
    async checkSubscription(subject) {
        const { token } = await authorization.getClientToken();
        return checkSubscription(new ArmClient(token), subject, token);
    },
};

const machine: MachineSurroundings = {
    check: async () => [await findingOf("login to the cluster", () => kubelogin(process.env))],
};

function githubOf(login: GitHubLogin): GitHubSurroundings {
    return {
        planFleet: (args) =>
            planFleet(githubApi(login), args).catch((error: Error) => {
                throw new UserError(error.message);
            }),
    };
}
