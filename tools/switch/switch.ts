import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { ArmClient } from "../../components/azure/arm-client";
import { type Backup, postgresqlBackups } from "../../components/azure/recovery-points";
import { ClusterClient } from "../../components/gitops/readiness/cluster-client";
import type { StateResource } from "../../components/recovery/stack-state";
import { Attempt, update } from "../rebuild/attempt";
import { confirm } from "../rebuild/confirm";
import type { Engine } from "../rebuild/engine";
import type { Journal, JournalFile } from "../rebuild/journal";
import { RebuildError } from "../rebuild/rebuild-error";
import { readStores, storageAccountOf } from "../rebuild/stores";
import { statusOf } from "../sandbox/flux-status";
import { accessToken } from "../status/read/azure";
import { type Pair, writeActive } from "./active-cluster";
import { Database, type DatabaseState } from "./database";
import { addressesOf, recordsAt } from "./records";
import { planText, type Report, reportOf } from "./report";

/** What a switch that was interrupted goes on with. */
interface SwitchJournal extends Journal {
    readonly to: string;
}

export interface SwitchOptions {
    readonly engine: Engine;
    readonly pair: Pair;
    /** Folders that have the stack's file. */
    readonly stackFiles: readonly string[];
    readonly journal: JournalFile<SwitchJournal>;
    /** Whether nobody is asked. */
    readonly yes: boolean;
    /** Whether to say what would happen, and no more. */
    readonly planOnly: boolean;
}

/** A cluster of the pair. */
interface Side {
    readonly name: string;
    readonly kubeconfig: string;
    readonly config: KubeConfig;
    readonly database: Database;
}

/** external-dns looks every minute. */
const recordsPatienceMs = 10 * 60_000;

/**
 * Makes the other cluster of a stack the active one: ends the database where it is, so that nothing is written that
 * would be lost, and has the program bring it back and the records over. What was interrupted goes on when it is called
 * again, in either direction.
 *
 * @returns undefined if nothing is to be done, or if only the plan was asked for.
 * @throws RebuildError if it is refused, or if the engine fails.
 */
export async function switchCluster(options: SwitchOptions): Promise<Report | undefined> {
    const { engine, pair, journal: file } = options;
    const { stack } = engine.place;
    const { resources = [] } = (await engine.state()).deployment;
    const [source, target] = await sidesOf(engine, pair);
    const left = await target.database.find();
    const earlier = file.read();
    const goesOn = earlier?.to === pair.to ? earlier : undefined;
    if (pair.active === pair.to && !earlier && left?.isStopped !== true) {
        console.log(`${pair.to} is the active cluster of stack ${stack} already.`);
        return undefined;
    }
    await requireReady(target, goesOn !== undefined);
    const stores = await readStores(resources);
    if (!goesOn) {
        console.log(planText(stack, pair, stores));
    }
    await requireOneDatabase(source, target, left);
    if (options.planOnly) {
        return undefined;
    }
    if (goesOn) {
        console.log(`Goes on with the switch of stack ${stack} to ${pair.to} that was begun at ${goesOn.begun}.`);
    } else {
        await confirm(`Type the stack's name to make ${pair.to} the active cluster: `, stack, options.yes);
    }
    const first = { begun: new Date().toISOString(), attempts: 0, phases: [], stores, to: pair.to };
    const attempt = new Attempt(file, goesOn ?? first);
    try {
        await moveDatabase(attempt, source, target, resources);
        options.stackFiles.forEach((folder) => writeActive(folder, stack, pair.to));
        await update(engine, attempt);
        await attempt.phase("records", () => moveRecords(engine, source, target, resources));
    } catch (error) {
        throw new RebuildError(
            `${error instanceof Error ? error.message : String(error)}\n` +
                `The same command goes on where this one ended; --to ${pair.from} goes back.`,
        );
    }
    file.remove();
    return reportOf(stack, pair, attempt.journal);
}

async function sidesOf(engine: Engine, { from, to }: Pair): Promise<[Side, Side]> {
    const { clusters } = JSON.parse(await engine.output(["stack", "output", "--json", "--show-secrets"])) as {
        readonly clusters?: Readonly<Record<string, { readonly kubeconfig: string }>>;
    };
    const side = (name: string): Side => {
        const kubeconfig = clusters?.[name]?.kubeconfig;
        if (kubeconfig === undefined) {
            throw new RebuildError(`stack ${engine.place.stack} has no cluster ${name} yet: pulumi up makes it`);
        }
        const config = new KubeConfig();
        config.loadFromString(kubeconfig);
        return { name, kubeconfig, config, database: new Database(config, () => engine.check()) };
    };
    return [side(from), side(to)];
}

/** In the middle of a switch, what Flux is told has changed, and the update waits for it. */
async function requireReady({ name, kubeconfig }: Side, goesOn: boolean): Promise<void> {
    const { ready, blockers } = statusOf(await new ClusterClient(kubeconfig).fluxObjects());
    const [blocker] = blockers;
    if (!ready && !goesOn) {
        const what = blocker ? `: ${blocker.kind} ${blocker.namespace}/${blocker.name}: ${blocker.message}` : "";
        throw new RebuildError(`Refused, and nothing was changed: cluster ${name} is not Ready${what}`);
    }
}

async function requireOneDatabase(source: Side, target: Side, left: DatabaseState | undefined): Promise<void> {
    const running = await source.database.find();
    if (running?.isStopped === false && left?.isStopped === false) {
        throw new RebuildError(
            `Refused, and nothing was changed: PostgreSQL runs in ${source.name} and in ${target.name}, and only one of them ` +
                "can be right. Stop the other: kubectl annotate cluster postgresql -n postgresql cnpg.io/hibernation=on",
        );
    }
}

/** Ends the database in the one, and makes room for it in the other; the update brings it back there. */
async function moveDatabase(
    attempt: Attempt<SwitchJournal>,
    source: Side,
    target: Side,
    resources: readonly StateResource[],
): Promise<void> {
    if ((await source.database.find())?.isStopped === false) {
        const name = `switch-${new Date().toISOString().replace(/[^0-9]/g, "")}`;
        await attempt.phase("backup", () => source.database.backUp(name));
        await attempt.phase("stop", () => source.database.stop());
    }
    const left = await target.database.find();
    if (left?.isStopped) {
        // The newest backup is of whichever had the database last: the other's copy is older than it.
        const newest = await newestBackup(resources);
        const isCurrent = newest?.folder === left.folder;
        await attempt.phase("room", () => (isCurrent ? target.database.resume() : target.database.remove()));
    }
}

async function newestBackup(resources: readonly StateResource[]): Promise<Backup | undefined> {
    const account = storageAccountOf(resources) ?? "";
    const token = await accessToken("https://storage.azure.com");
    const [newest] = await postgresqlBackups({ account, container: "postgresql", token });
    return newest;
}

/** Waits until no record leads to the old cluster. The new one's external-dns writes them over, and deletes none. */
async function moveRecords(
    engine: Engine,
    source: Side,
    target: Side,
    resources: readonly StateResource[],
): Promise<void> {
    const zone = resources.find(({ type }) => type === "azure-native:dns:Zone")?.id;
    const old = await addressesOf(source.config);
    const end = Date.now() + recordsPatienceMs;
    for (let left: readonly string[] | undefined; zone !== undefined && left?.length !== 0; await sleep(1000)) {
        engine.check();
        // With a token of its own each time: the wait may outlast one.
        left = await recordsAt(new ArmClient(await accessToken("https://management.azure.com")), zone, old);
        if (left.length > 0 && Date.now() > end) {
            throw new RebuildError(
                `${left.join(", ")} still lead to ${source.name}: look at external-dns in ${target.name}, kubectl logs deployment/external-dns -n external-dns`,
            );
        }
    }
}
