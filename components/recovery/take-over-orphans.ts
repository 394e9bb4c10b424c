import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { ArmClient } from "../azure/arm-client";
import { githubApi } from "../gitops/fleet/github-api";
import type { Configuration } from "../settings/settings";
import { interruptedCreates } from "./interrupted-creates";
import { findOrphans } from "./orphans";
import { helmRelease, installAgain, takeOver } from "./take-over";

/**
 * Before anything is made: finds what killed updates of this stack made that its state does not have, and has the
 * engine take it over.
 */
export async function takeOverOrphans({ settings, secrets }: Configuration, subscriptionId: string): Promise<void> {
    const creates = await interruptedCreates().catch((error: Error) => {
        void pulumi.log.info(`not known whether an update was interrupted: ${error.message}`);
        return [];
    });
    if (creates.length === 0) {
        return;
    }
    const releases = creates.filter(({ type }) => type === helmRelease).map(({ name }) => name);
    if (releases.length > 0) {
        installAgain(new Set(releases));
    }
    const arm = new ArmClient((await authorization.getClientToken()).token);
    const github = githubApi(secrets.githubLogin);
    await takeOver(await findOrphans(creates, { arm, github, subscriptionId, owner: settings.githubOwner }), arm);
}
