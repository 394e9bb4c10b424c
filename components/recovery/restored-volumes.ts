import * as fs from "node:fs";
import { sleep } from "../gitops/readiness/sleep";
import { UserError } from "../user-error";
import type { VolumeCluster } from "./volume-cluster";

/**
 * Set to a file with `RestoredVolumes` by a rebuild: the update keeps the claims of a backup for Velero in the cluster
 * that it makes, and has Velero bring them back.
 */
export const restoredVolumesVariable = "LANDFALL_RESTORED_VOLUMES";

/** What comes back of volumes in a new cluster. */
export interface RestoredVolumes {
    /** The name of Velero's backup. */
    readonly backup: string;
    /** The claims in it, as `namespace/name`. */
    readonly claims: readonly string[];
}

/** What the environment says is to come back; undefined for any update but a rebuild's. */
export function restoredVolumes(environment: NodeJS.ProcessEnv): RestoredVolumes | undefined {
    const file = environment[restoredVolumesVariable];
    return file === undefined ? undefined : (JSON.parse(fs.readFileSync(file, "utf8")) as RestoredVolumes);
}

/**
 * Before anything is in a new cluster: lets nobody but Velero make a claim that the backup has. A workload would make
 * it empty, and Velero leaves alone what is there. Once they are back, or where there are none, it lets go of them.
 */
export async function keepClaims(
    cluster: Pick<VolumeCluster, "phaseOf" | "keep" | "isKept" | "letGo">,
    { backup, claims }: RestoredVolumes,
): Promise<void> {
    if (claims.length === 0 || (await cluster.phaseOf(backup)) === "Completed") {
        await cluster.letGo();
        return;
    }
    await cluster.keep(backup, claims);
    // The API server enforces a policy a moment after it has it.
    while (!(await cluster.isKept())) {
        await sleep(0.5);
    }
}

/** How bringing back is followed. */
interface Following {
    readonly say: (line: string) => void;
    /** Whether the update has failed meanwhile, so that waiting is no use any more. */
    readonly isOver: () => boolean;
}

type Restorer = Pick<VolumeCluster, "hasBackup" | "phaseOf" | "forget" | "restore" | "letGo">;

const pollSeconds = 2;
const failures = new Set(["FailedValidation", "PartiallyFailed", "Failed"]);

/**
 * Has Velero bring the claims back as soon as it runs and has found the backup, and lets go of them. A workload that
 * was refused a claim finds it there when it tries again. A question to the cluster that fails is asked again.
 *
 * @throws UserError if Velero cannot; the claims stay kept for it, and the next update asks it anew.
 */
export async function bringBack(
    cluster: Restorer,
    { backup, claims }: RestoredVolumes,
    { say, isOver }: Following,
): Promise<void> {
    const what = `${claims.length} volumes of backup ${backup}`;
    let isAsked = false;
    for (; claims.length > 0 && !isOver(); await sleep(pollSeconds)) {
        const phase = await nextStep(cluster, backup, isAsked).catch((error: unknown) => {
            say(`${error instanceof Error ? error.message : String(error)}; asking again`);
        });
        if (phase === "Completed") {
            say(`Velero has brought back ${what}: ${claims.join(", ")}`);
            return;
        }
        if (phase !== undefined && failures.has(phase)) {
            throw new UserError(
                `Velero cannot bring back ${what} (${phase}): kubectl get restores,datadownloads --namespace velero ` +
                    "--output yaml says why. The same command asks again; with --without-volumes, workloads make them empty",
            );
        }
        if (phase !== undefined && !isAsked) {
            say(`Velero brings back ${what}`);
            isAsked = true;
        }
    }
}

/** Does what is next; gives how far Velero is, undefined as long as it has not been asked. */
async function nextStep(cluster: Restorer, backup: string, isAsked: boolean): Promise<string | undefined> {
    const phase = await cluster.phaseOf(backup);
    if (phase === "Completed") {
        await cluster.letGo();
    } else if (phase !== undefined && failures.has(phase) && !isAsked) {
        // Of an earlier update.
        await cluster.forget(backup);
        return undefined;
    } else if (phase === undefined && (await cluster.hasBackup(backup))) {
        await cluster.restore(backup);
        return "New";
    }
    return phase;
}
