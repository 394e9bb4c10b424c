import { type KillPoint, killThrough } from "./kill-points";
import { randomOf } from "./random-of";
import { remains } from "./remains";
import {
    control,
    engineEnvironment,
    ensureRunning,
    exitOf,
    forgetInterrupted,
    minimalRoles,
    prepareStack,
    readDeployerRole,
    type Session,
    startPulumi,
    type Workspace,
} from "@landfall/sandbox";

export interface KillDrillOptions {
    /** Whose sandbox does not run yet. */
    readonly place: Workspace;
    readonly stack: string;
    /** Which share of the points, of 1. */
    readonly share: number;
    /** What chooses them. */
    readonly seed: number;
    readonly report: (line: string) => void;
}

/** How often the engine was killed, by moment. */
export type KillCounts = Readonly<Record<"up" | "destroy", Readonly<Record<KillPoint["moment"], number>>>>;

/**
 * Brings a stack up and takes its replaceable half away, with an engine that is killed again and again, and looks after
 * each whether anything is left over, doubled, missing or pending, and whether another update would change something.
 *
 * @throws Error that says what did not converge.
 */
export async function killDrill(options: KillDrillOptions): Promise<KillCounts> {
    const { place, stack, share, seed, report } = options;
    const { session } = await ensureRunning(place, 0);
    const roles = minimalRoles(readDeployerRole(place.repository)).map((name): [string, string] => ["role", name]);
    await control(place.directory, "POST", `/deployer-roles?${new URLSearchParams(roles).toString()}`);
    prepareStack(place, stack, engineEnvironment(place.directory, session));
    const random = randomOf(seed);
    const through = (...command: string[]) =>
        killThrough({
            ...{ place, session, stack, command, report },
            kills: () => random() < share,
            unanswered: { share, seed },
        });
    const up = await through("up", "--yes", "--skip-preview");
    await checkConverged(place, session, stack);
    const destroy = await through("destroy", "--yes", "--skip-preview", "--exclude-protected");
    await checkNothingRemains(place, session, stack);
    return { up: countsOf(up), destroy: countsOf(destroy) };
}

async function checkConverged(place: Workspace, session: Session, stack: string): Promise<void> {
    await forgetInterrupted(place, session, stack);
    await checkNothingRemains(place, session, stack);
    const command = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
    const code = await exitOf(startPulumi(place, session, stack, command, ["ignore", "ignore", "inherit"]));
    if (code !== 0) {
        throw new Error(`another update changes something, or fails (exit code ${code})`);
    }
}

async function checkNothingRemains(place: Workspace, session: Session, stack: string): Promise<void> {
    const found = await remains(place, session, stack);
    if (found.length > 0) {
        throw new Error(`not converged:\n${found.join("\n")}`);
    }
}

function countsOf(points: readonly KillPoint[]): Record<KillPoint["moment"], number> {
    const count = (moment: KillPoint["moment"]) => points.filter((point) => point.moment === moment).length;
    return { before: count("before"), between: count("between"), after: count("after") };
}
