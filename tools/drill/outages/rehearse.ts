import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../disasters/stage";
import { remains } from "../remains";
import { effects, type Outage, titleOf } from "./outage";
import { control, type FaultsMet, type Session, type Workspace } from "@landfall/sandbox";

/** What became of an outage. */
export interface Outcome {
    readonly outage: Outage;
    /** Whether the command that met it succeeded, or the one after it. */
    readonly healed: "by itself" | "by the next up";
    /** From the beginning of the command to its end. */
    readonly seconds: number;
    /** How many requests met it. */
    readonly requests: number;
    /** What the command says of it; empty if it says nothing. */
    readonly said: string;
}

export interface Place extends Workspace {
    readonly session: Session;
}

const up = ["up", "--refresh", "--yes", "--skip-preview"];

/**
 * Takes away what an update has to write, in Azure and in the cluster, and runs one that reads everything, while a
 * service is out of order for a while.
 *
 * @throws Error if the update fails and does not name the service, if the one after it fails, or if something is lost.
 */
export async function rehearse(stage: Stage, place: Place, outage: Outage, seconds: number): Promise<Outcome> {
    await takeAway(stage);
    const start = Date.now();
    const { outcome, requests } = await during(place, outage, seconds, () => stage.pulumi(...up));
    const took = Math.round((Date.now() - start) / 1000);
    const said = outcome.output.split("\n").find((line) => outage.service.named.test(line) && isComplaint(line)) ?? "";
    if (outcome.code !== 0) {
        if (said === "") {
            throw new Error(`${titleOf(outage)}, and the update does not name it:\n${outcome.output}`);
        }
        const next = await stage.pulumi(...up);
        if (next.code !== 0) {
            throw new Error(`${titleOf(outage)}, and the update after it fails:\n${next.output}`);
        }
    }
    await checkWhole(stage, place, outage);
    const healed = outcome.code === 0 ? "by itself" : "by the next up";
    return { outage, healed, seconds: took, requests, said: said.trim() };
}

/** The trust in a controller's tokens, and the variables of the tree. */
async function takeAway(stage: Stage): Promise<void> {
    await stage.azure.removeCredential(await stage.resource("FederatedIdentityCredential", "landfall-kustomize"));
    await stage.kubectl("delete", "configmap", "cluster-vars", "--namespace", "flux-system");
}

/** The outage begins with the first request that meets it, and ends with the command at the latest. */
async function during<Result>(place: Place, outage: Outage, seconds: number, run: () => Promise<Result>) {
    const { host } = outage.service;
    await setFaults(place, [{ host, effect: effects[outage.effect] }]);
    const end = new AbortController();
    const wait = (ms: number) => sleep(ms, undefined, { signal: end.signal }).catch(() => undefined);
    const watch = async () => {
        while (!end.signal.aborted && (await requestsMet(place)) === 0) {
            await wait(300);
        }
        await wait(seconds * 1000);
        const requests = await requestsMet(place);
        await setFaults(place, []);
        return requests;
    };
    const over = watch();
    const outcome = await run().finally(() => end.abort());
    return { outcome, requests: await over };
}

async function requestsMet({ directory }: Place): Promise<number> {
    return (await control<FaultsMet>(directory, "GET", "/faults")).met.length;
}

async function setFaults({ directory }: Place, faults: readonly object[]): Promise<void> {
    await control(directory, "POST", `/faults?faults=${encodeURIComponent(JSON.stringify(faults))}`);
}

async function checkWhole(stage: Stage, place: Place, outage: Outage): Promise<void> {
    await stage.kubectl("get", "configmap", "cluster-vars", "--namespace", "flux-system");
    const found = await remains(place, place.session, stage.stack);
    if (found.length > 0) {
        throw new Error(`${titleOf(outage)}, and afterwards:\n${found.join("\n")}`);
    }
}

/** A line in which something is said to have gone wrong, or to be waited for. */
function isComplaint(line: string): boolean {
    return /error|fail|cannot|refus|reset|timeout|timed out|aborted|no answer|HTTP [45]\d\d|did not say|not ready|goes on/i.test(
        line,
    );
}
