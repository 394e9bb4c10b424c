import * as fs from "node:fs";
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { ArmClient } from "../azure/arm-client";
import { githubApi } from "../gitops/fleet/github-api";
import type { Configuration } from "../settings/settings";
import { filledIn } from "./filled-in";
import { type DeployKey, deployKeys, findInAzure, findRoleAssignment, keyIn, type Places } from "./orphans";
import { nameOf, presentState } from "./stack-state";
import { helmRelease, installAgain, valueOf } from "./take-over";

/**
 * Set to a file when the state was lost: the update takes over what it finds in Azure under the stack's names, instead
 * of stopping at it, and writes into the file what of it the state is to say (`npm run rebuild -- --state-lost`).
 */
export const stateLostVariable = "LANDFALL_STATE_LOST";

/** What the program asks of a resource whose import says more than the program does. */
export interface Asked {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

const cluster = "azure-native:containerservice:ManagedCluster";
const roleAssignment = "azure-native:authorization:RoleAssignment";
const deployKey = "github:index/repositoryDeployKey:RepositoryDeployKey";

/**
 * Has the engine take every resource of the program that exists, and is not in the state, into the state. It is the
 * stack's own when it is in the group, under the name and in the region that the program asks for; what is elsewhere is
 * somebody else's, and the provider refuses it. Objects of the cluster and the fleet repository are adopted anyway. The
 * private half of the deploy key was in the state alone, so there is a new one, and the old one goes. For an update and
 * not for a preview, which does not know everything that it asks for.
 *
 * @throws Error if the `pulumi` on the PATH does not show the state.
 */
export async function takeOverPlatform(
    { settings, secrets }: Configuration,
    subscriptionId: string,
    file: string,
): Promise<void> {
    const { resources = [] } = (await presentState()).deployment;
    const known = new Set(resources.map((resource) => `${resource.type} ${nameOf(resource)}`));
    const isMissing = (type: string, name: string) => !known.has(`${type} ${name}`);
    const places: Places = {
        arm: new ArmClient((await authorization.getClientToken()).token),
        github: githubApi(secrets.githubLogin),
        subscriptionId,
        owner: settings.githubOwner,
    };
    installAgain({ has: (name) => isMissing(helmRelease, name) });
    pulumi.runtime.registerResourceTransform(takingOver({ isMissing, places, file }));
}

interface TakeOver {
    /** Whether the state lacks a resource. */
    readonly isMissing: (type: string, name: string) => boolean;
    readonly places: Places;
    readonly file: string;
}

/** What has the engine import a resource that is there, instead of making it. */
export function takingOver({ isMissing, places, file }: TakeOver): pulumi.ResourceTransform {
    const asked: Asked[] = [];
    return async ({ type, name, props, opts, custom }) => {
        // The engine says of a resource without an import that its import is empty.
        if (!custom || !isMissing(type, name) || (opts as pulumi.CustomResourceOptions).import) {
            return undefined;
        }
        const inputs = await valueOf(props as Readonly<Record<string, unknown>>);
        if (type === deployKey) {
            await removeOthers(inputs, places);
            return undefined;
        }
        const found = await (type === roleAssignment ? findRoleAssignment : findInAzure)(
            { type, name, inputs },
            places,
        );
        if (!found) {
            return undefined;
        }
        const { id } = found.orphan;
        void pulumi.log.info(`taken over: ${name} (${id})`);
        if (type !== cluster) {
            return { props, opts: { ...opts, import: id } };
        }
        asked.push({ type, name, inputs });
        fs.writeFileSync(file, JSON.stringify(asked));
        // An import takes what Azure has filled in for what was asked: some of it cannot be changed later, so that the
        // engine would replace the cluster.
        const ignoreChanges = [...(opts.ignoreChanges ?? []), ...filledIn(inputs, found.shown)];
        return { props, opts: { ...opts, import: id, ignoreChanges } };
    };
}

/** GitHub names a deploy key by its title, and lets several have the same. */
async function removeOthers(inputs: Readonly<Record<string, unknown>>, places: Places): Promise<void> {
    const { owner, github } = places;
    const isOther = ({ title, key }: DeployKey) => title === inputs.title && keyIn(key) !== keyIn(String(inputs.key));
    for (const { id } of (await deployKeys(String(inputs.repository), places)).filter(isOther)) {
        await github.call("DELETE", `/repos/${owner}/${String(inputs.repository)}/keys/${id}`);
    }
}
