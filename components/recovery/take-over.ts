import * as pulumi from "@pulumi/pulumi";
import { type ArmClient, refusal } from "../azure/arm-client";
import { text } from "../azure/arm-request";
import { ClusterClient } from "../gitops/readiness/cluster-client";
import { sleep } from "../gitops/readiness/sleep";
import { UserError } from "../user-error";
import { isUnfinished, type Orphan } from "./orphans";

/**
 * An import takes what Azure has filled in for what was asked. Of a cluster that includes what cannot be changed later
 * (the list of its service ranges), so that the engine would replace a cluster which it takes over. There is nothing in
 * it yet.
 */
const madeAgain = new Set(["azure-native:containerservice:ManagedCluster"]);
export const helmRelease = "kubernetes:helm.sh/v3:Release";
const pollSeconds = 10;
/** As long as the Azure provider waits for a resource. */
const patienceMinutes = 30;

/**
 * Has the engine take what killed updates made into its state, instead of making it: it reads what is there, and then
 * sets what the program wants of it. A cluster that was never in the state is deleted and made again. What Azure is
 * still at work on is waited for; a preview says it, and neither waits nor deletes.
 *
 * @throws UserError if Azure does not come to an end with something.
 */
export async function takeOver(orphans: readonly Orphan[], arm: ArmClient): Promise<void> {
    if (orphans.length === 0) {
        return;
    }
    const [again, taken] = [true, false].map((wanted) => orphans.filter(({ type }) => madeAgain.has(type) === wanted));
    say("made by an update that was interrupted, and taken over:", taken);
    say("made by an update that was interrupted; deleted, and made again:", again);
    if (!pulumi.runtime.isDryRun()) {
        await Promise.all(orphans.filter(({ unfinished }) => unfinished).map((orphan) => waitForEnd(arm, orphan)));
        await Promise.all((again ?? []).map((orphan) => remove(arm, orphan)));
    }
    const ids = new Map((taken ?? []).map(({ type, name, id }) => [`${type} ${name}`, id]));
    pulumi.runtime.registerResourceTransform(({ type, name, props, opts }) => {
        const id = ids.get(`${type} ${name}`);
        return id === undefined ? undefined : { props, opts: { ...opts, import: id } };
    });
}

/**
 * Before the engine makes a Helm release that a killed update had begun to install: removes Helm's record of it, which
 * stands in the way of another install, whatever it says. Helm installs over the objects that are there, since they
 * carry the release's name.
 */
export function installAgain(releases: Pick<ReadonlySet<string>, "has">): void {
    let kubeconfig: pulumi.Input<string> | undefined;
    pulumi.runtime.registerResourceTransform(async ({ type, name, props }) => {
        if (type === "pulumi:providers:kubernetes") {
            kubeconfig = props.kubeconfig as pulumi.Input<string>;
        }
        if (type === helmRelease && releases.has(name) && !pulumi.runtime.isDryRun()) {
            const cluster = new ClusterClient(await valueOf(kubeconfig));
            const { namespace, name: release } = await valueOf(props as Record<string, string>);
            if (await cluster.forgetRelease(namespace ?? "", release ?? "")) {
                void pulumi.log.info(`release ${release} was left by an update that was interrupted; installed again`);
            }
        }
        return undefined;
    });
}

/** What the engine tells when it registers a resource is known, except in a preview. */
export function valueOf<Value>(value: pulumi.Input<Value> | undefined): Promise<Value> {
    return new Promise((resolve) => pulumi.output(value as Value).apply((known) => resolve(known as Value)));
}

function say(what: string, orphans: readonly Orphan[] = []): void {
    if (orphans.length > 0) {
        void pulumi.log.info([what, ...orphans.map(({ name, id }) => `  ${name} (${id})`)].join("\n"));
    }
}

async function waitForEnd(arm: ArmClient, orphan: Orphan): Promise<void> {
    void pulumi.log.info(`waiting until Azure has ended its work on ${orphan.id}`);
    await poll(arm, orphan, ({ status, state }) => status === 404 || !isUnfinished(state));
}

async function remove(arm: ArmClient, orphan: Orphan): Promise<void> {
    const { id, apiVersion } = orphan;
    const answer = await arm.remove(`${id}?api-version=${apiVersion}`);
    if (answer.status >= 400 && answer.status !== 404) {
        throw refusal(`that it deletes ${id}`, answer);
    }
    await poll(arm, orphan, ({ status }) => status === 404);
}

async function poll(
    arm: ArmClient,
    { id, apiVersion }: Orphan,
    isDone: (now: { readonly status: number; readonly state: string }) => boolean,
): Promise<void> {
    for (const deadline = Date.now() + patienceMinutes * 60_000; ; await sleep(pollSeconds)) {
        const { status, body } = await arm.ask(`${id}?api-version=${apiVersion}`);
        const state = text((body.properties as Record<string, unknown> | undefined)?.provisioningState);
        if (isDone({ status, state })) {
            return;
        }
        if (Date.now() > deadline) {
            throw new UserError(
                `${id} was made by an update that was interrupted, and Azure is still at work on it after ${patienceMinutes} minutes (${state}): run up again when it has ended`,
            );
        }
    }
}
