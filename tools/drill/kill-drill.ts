import { type KillCounts, type KilledCommand, type KilledEngine, type KillPoint, killThrough } from "./kill-points";
import { KilledRebuild } from "./killed-rebuild";
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
    /** @default - all */
    readonly operations?: readonly KillCount["operation"][];
    readonly report: (line: string) => void;
}

/** What is killed, in the order in which a stack lives through it. */
const all = ["up", "rebuild", "destroy"] as const;

/** How often an operation was killed, of how many points that it has, by moment. */
export interface KillCount {
    readonly operation: (typeof all)[number];
    readonly killed: KillCounts;
    readonly points: KillCounts;
}

/**
 * Brings a stack up, rebuilds it and takes its replaceable half away, with an engine that is killed again and again.
 * Looks after each whether anything is left over, doubled, missing or pending, and whether another update would change
 * something.
 *
 * @throws Error that says what did not converge.
 */
export async function killDrill(options: KillDrillOptions): Promise<KillCount[]> {
    const { place, stack, share, seed, operations = all, report } = options;
    const { session } = await ensureRunning(place, 0);
    const roles = minimalRoles(readDeployerRole(place.repository)).map((name): [string, string] => ["role", name]);
    await control(place.directory, "POST", `/deployer-roles?${new URLSearchParams(roles).toString()}`);
    prepareStack(place, stack, engineEnvironment(place.directory, session));
    const random = randomOf(seed);
    const rebuild = new KilledRebuild(place, session, stack);
    const attempts: Readonly<Record<KillCount["operation"], (engine: KilledEngine) => Promise<unknown>>> = {
        up: (engine) => engine(["up", "--yes", "--skip-preview"]),
        rebuild: (engine) => rebuild.attempt(engine),
        destroy: (engine) => engine(["destroy", "--yes", "--skip-preview", "--exclude-protected"]),
    };
    const counts: KillCount[] = [];
    for (const operation of operations) {
        report(`${operation}:`);
        const killed = await killThrough(
            { place, session, stack, report, kills: () => random() < share, unanswered: { share, seed } },
            attempts[operation],
        );
        await (operation === "destroy" ? checkNothingRemains : checkConverged)(place, session, stack);
        counts.push({ operation, killed: countsOf(killed), points: killed.passed });
    }
    return counts;
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

function countsOf({ points }: KilledCommand): KillCounts {
    const count = (moment: KillPoint["moment"]) => points.filter((point) => point.moment === moment).length;
    return { before: count("before"), between: count("between"), after: count("after") };
}
