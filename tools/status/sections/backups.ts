import type { PostgresqlBackup, PostgresqlSchedule, VeleroBackup, VeleroSchedule } from "../read/objects";
import type { ClusterObservation, Observation } from "../read/observation";
import { type Backup, type Backups, isKnown, type Part, type Problem, type State } from "../status";
import { schedulePeriod } from "./schedule-period";
import { type Commands, oneLine } from "./section";

/** How much later than its schedule says a backup may end. The alerts of the tree allow as much. */
const slackMs = 2 * 3_600_000;

/** One run of a schedule. */
interface Run {
    readonly ended: string;
    readonly failed: boolean;
    readonly message: string;
}

/** Velero's backups and those of PostgreSQL, by schedule, and how old the newest is. */
export function backups(
    { at, cluster }: Pick<Observation, "at" | "cluster">,
    commands: Commands,
): { readonly part: Backups; readonly problems: readonly Problem[] } {
    const judge = (part: Part<readonly Backup[]>) => (isKnown(part) ? part.map((one) => judged(one, at)) : part);
    const part = { velero: judge(velero(cluster)), postgresql: judge(postgresql(cluster)) };
    const problems = [
        ...(isKnown(part.velero) ? part.velero.flatMap((one) => problemsOf(one, veleroNames, commands)) : []),
        ...(isKnown(part.postgresql)
            ? part.postgresql.flatMap((one) => problemsOf(one, postgresqlNames, commands))
            : []),
    ];
    return { part, problems: [...locations(cluster, commands), ...problems] };
}

const veleroNames = { schedule: "Schedule", list: "backups.velero.io" };

const postgresqlNames = { schedule: "ScheduledBackup", list: "backups.postgresql.cnpg.io" };

function velero({ schedules, backups: made }: ClusterObservation): Part<readonly Backup[]> {
    return !isKnown(schedules) ? schedules : !isKnown(made) ? made : schedules.map((one) => veleroBackup(one, made));
}

function veleroBackup({ metadata, spec, status }: VeleroSchedule, made: readonly VeleroBackup[]): Backup {
    const runs = made
        .filter((backup) => backup.metadata.labels?.["velero.io/schedule-name"] === metadata.name)
        .map(({ status: run }) => ({
            ended: run?.completionTimestamp ?? run?.startTimestamp ?? "",
            failed: run?.phase?.includes("Failed") === true,
            done: run?.phase === "Completed",
            message: run?.failureReason ?? `${run?.phase ?? ""}, ${run?.errors ?? 0} errors`,
        }));
    const invalid = status?.phase === "FailedValidation" ? (status.validationErrors ?? []).join("; ") : "";
    return backupOf(metadata, spec?.schedule ?? "", runs, spec?.paused === true, invalid);
}

function postgresql({ postgresqlSchedules, postgresqlBackups: made }: ClusterObservation): Part<readonly Backup[]> {
    return !isKnown(postgresqlSchedules)
        ? postgresqlSchedules
        : !isKnown(made)
          ? made
          : postgresqlSchedules.map((one) => postgresqlBackup(one, made));
}

function postgresqlBackup({ metadata, spec, status }: PostgresqlSchedule, made: readonly PostgresqlBackup[]): Backup {
    const runs = made
        .filter((backup) => backup.metadata.namespace === metadata.namespace)
        .filter((backup) => backup.spec?.cluster?.name === spec?.cluster?.name)
        .map(({ status: run }) => ({
            ended: run?.stoppedAt ?? run?.startedAt ?? "",
            failed: run?.phase === "failed",
            done: run?.phase === "completed",
            message: run?.error ?? "",
        }));
    return backupOf(metadata, spec?.schedule ?? "", runs, spec?.suspend === true, status?.error ?? "");
}

function backupOf(
    metadata: VeleroSchedule["metadata"],
    schedule: string,
    runs: readonly (Run & { readonly done: boolean })[],
    paused: boolean,
    invalid: string,
): Backup {
    const latest = (some: readonly Run[]) => [...some].sort((a, b) => b.ended.localeCompare(a.ended))[0];
    const newest = latest(runs.filter(({ done }) => done))?.ended ?? "";
    const failure = latest(runs.filter((run) => run.failed && run.ended > newest));
    const period = schedulePeriod(schedule);
    const since = Date.parse(newest || (metadata.creationTimestamp ?? ""));
    const overdue = period === undefined || Number.isNaN(since) ? "" : new Date(since + period + slackMs).toISOString();
    const state: State = paused ? "suspended" : invalid !== "" || failure ? "failed" : newest ? "ready" : "waiting";
    const message = oneLine(invalid || (failure ? `the backup of ${failure.ended} failed: ${failure.message}` : ""));
    return { schedule, namespace: metadata.namespace ?? "", name: metadata.name, newest, overdue, message, state };
}

function judged(backup: Backup, at: string): Backup {
    const isLate = backup.overdue !== "" && backup.overdue < at && backup.state !== "suspended";
    const message = backup.newest ? `the newest is of ${backup.newest}` : "there is none";
    return isLate && backup.state !== "failed" ? { ...backup, state: "failed", message } : backup;
}

function problemsOf(
    { namespace, name, state, message }: Backup,
    names: typeof veleroNames,
    { kubectl }: Commands,
): Problem[] {
    const problem = {
        part: "backups",
        object: `${names.schedule} ${namespace}/${name}`,
        command: `${kubectl} get ${names.list} -n ${namespace}`,
    } as const;
    if (state === "suspended") {
        return [{ ...problem, severity: "warning", message: "is paused: it makes no backups" }];
    }
    return state === "failed" ? [{ ...problem, severity: "error", message }] : [];
}

function locations({ locations: read }: ClusterObservation, { kubectl }: Commands): Problem[] {
    return (isKnown(read) ? read : [])
        .filter(({ status }) => status?.phase === "Unavailable")
        .map(({ metadata: { namespace = "", name }, status }) => ({
            severity: "error",
            part: "backups",
            object: `BackupStorageLocation ${namespace}/${name}`,
            message: oneLine(`is unavailable: ${status?.message ?? ""}`),
            command: `${kubectl} describe backupstoragelocation -n ${namespace} ${name}`,
        }));
}
