import * as authorization from "@pulumi/azure-native/authorization";
import { ArmClient } from "../azure/arm-client";
import { githubApi } from "../gitops/fleet/github-api";
import type { Configuration } from "../settings/settings";
import type { InterruptedCreate } from "./interrupted-creates";
import { findOrphans } from "./orphans";
import { helmRelease, installAgain, takeOver } from "./take-over";

/**
 * Before anything is made: finds which of these creates, that an update was killed in, have made something, and has the
 * engine take it over.
 */
export async function takeOverOrphans(
    creates: readonly InterruptedCreate[],
    { settings, secrets }: Configuration,
    subscriptionId: string,
): Promise<void> {
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
