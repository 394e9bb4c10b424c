import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { firstCluster } from "../../components/settings/naming";
import { nearest } from "../../components/settings/nearest";
import { RebuildError } from "../rebuild/rebuild-error";
import { writeSetting } from "../stack-file";

/** A stack's two clusters. */
export interface Pair {
    readonly from: string;
    readonly to: string;
    /** Which of them the stack's file says is active. */
    readonly active: string;
}

const clustersKey = "landfall:clusters";
const activeKey = "landfall:activeCluster";

/** The pair in which `to` is to be active. @throws RebuildError if the stack's file does not name both. */
export function readPair(folder: string, stack: string, to: string): Pair {
    const file = fileOf(stack);
    const { config } = parse(fs.readFileSync(path.join(folder, file), "utf8")) as { config?: Record<string, unknown> };
    const names = (config?.[clustersKey] as readonly string[] | undefined) ?? [firstCluster];
    const active = (config?.[activeKey] as string | undefined) ?? firstCluster;
    if (!names.includes(to)) {
        const near = nearest(to, names);
        const fix = near ? `did you mean ${near}?` : `add it, and run pulumi up, which makes it beside ${active}`;
        throw new RebuildError(
            `--to ${to}: ${file} has no such cluster in ${clustersKey} (${names.join(", ")}); ${fix}`,
        );
    }
    const from = names.find((name) => name !== to);
    if (from === undefined) {
        throw new RebuildError(
            `--to ${to}: it is the only cluster in ${clustersKey} of ${file}; there is none to switch from`,
        );
    }
    return { from, to, active };
}

/** Writes into the stack's file which cluster is active. Everything else in it stays as it is. */
export function writeActive(folder: string, stack: string, cluster: string): void {
    writeSetting(path.join(folder, fileOf(stack)), activeKey, cluster);
}

function fileOf(stack: string): string {
    return `Pulumi.${stack}.yaml`;
}
