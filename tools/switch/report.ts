import type { Journal } from "../rebuild/journal";
import { timeLine, timesOf } from "../rebuild/report";
import { type Store, storeLines } from "../rebuild/stores";
import type { Pair } from "./active-cluster";

/** What a switch did, as `--report` writes it. */
export interface Report extends ReturnType<typeof timesOf> {
    readonly stack: string;
    readonly from: string;
    readonly to: string;
    /** Commands for what is left to do. */
    readonly left: readonly string[];
}

/** What a person reads before anything is changed. */
export function planText(stack: string, { from, to }: Pair, stores: readonly Store[]): string {
    return [
        `Switch of stack ${stack} from ${from} to ${to}`,
        "",
        `PostgreSQL is backed up and ended in ${from}, and comes back in ${to} from that backup and the log after it. From the one to`,
        "the other nothing is written, and nothing is lost. Until now the newest backups are",
        ...storeLines(stores, new Date()),
        `Records are written over by ${to}, and none is deleted meanwhile.`,
        `Volumes stay in ${from}; the command that restores a backup of them is printed at the end.`,
        "",
    ].join("\n");
}

export function reportOf(stack: string, { from, to }: Pair, journal: Journal): Report {
    const restores = journal.stores.flatMap(({ restore }) => restore ?? []);
    return { stack, from, to, ...timesOf(journal), left: [`git commit Pulumi.${stack}.yaml`, ...restores] };
}

export function reportText(report: Report): string {
    const { stack, from, to, left } = report;
    return [
        "",
        `${to} is the active cluster of stack ${stack}, and ${from} stands by.`,
        timeLine(report),
        "Left to do",
        ...left.map((line) => `  ${line}`),
        `To go back: npm run switch -- --stack ${stack} --to ${from}`,
    ].join("\n");
}
