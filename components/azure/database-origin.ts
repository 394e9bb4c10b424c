import type * as pulumi from "@pulumi/pulumi";
import { BundledResource } from "../bundled-resource";
import type { ContainerAccess } from "./blob-reader";
import { borrowToken } from "./borrow-token";
import { lendToken, type TokenSource } from "./lend-token";
import { archiveOf, postgresqlBackups, recoveryPoint } from "./recovery-points";

export interface DatabaseOriginArgs {
    /** Name of the storage account. */
    readonly account: pulumi.Input<string>;
    /** Its container for PostgreSQL's backups. */
    readonly container: string;
    /** For `https://storage.azure.com`. */
    readonly token: TokenSource;
    /** The cluster that the database is in, from `generationOf`. */
    readonly generation: pulumi.Input<string>;
    /** The time to come back to, in RFC 3339. @default - the end of what was written */
    readonly recoverTo?: string | undefined;
}

interface Inputs {
    readonly account: string;
    readonly container: string;
    /** Where `borrowToken` gets a token. */
    readonly lender: string;
    readonly generation: string;
    readonly recoverTo?: string;
}

interface Outputs {
    readonly generation: string;
    readonly archive: string;
    readonly bootstrap: "initdb" | "recovery";
    readonly source: string;
    readonly recoveryTarget: string;
}

/** What a state has: one of before clusters took over from each other has no archive, which was the generation's. */
type Kept = Omit<Outputs, "archive"> & Partial<Outputs>;

/** Azure says that a role works after at most ten minutes. */
const patienceSeconds = 600;

/** @public Of the bundle. */
export class DatabaseOriginProvider implements pulumi.dynamic.ResourceProvider<Inputs, Outputs> {
    async create(inputs: Inputs) {
        return { id: `${inputs.account}/${inputs.container}`, outs: await this.decide(inputs) };
    }

    async update(_id: string, olds: Kept, news: Inputs) {
        const isDecided = olds.generation === news.generation;
        return { outs: isDecided ? { ...olds, archive: olds.generation } : await this.decide(news) };
    }

    async diff(_id: string, olds: Kept, news: Inputs) {
        return Promise.resolve({ changes: olds.generation !== news.generation || olds.archive === undefined });
    }

    private async decide({ account, container, lender, generation, recoverTo }: Inputs): Promise<Outputs> {
        const token = await borrowToken(lender);
        const access: ContainerAccess = { account, container, token, patienceSeconds };
        const backups = await postgresqlBackups(access);
        const archive = archiveOf(backups, generation);
        const others = backups.filter((each) => each.generation !== archive);
        const point = recoveryPoint(backups, archive, recoverTo === undefined ? undefined : new Date(recoverTo));
        if (point) {
            const until =
                recoverTo === undefined ? "everything written after it" : `what was written until ${recoverTo}`;
            // The engine shows what a provider prints.
            console.log(
                `PostgreSQL comes back from backup ${point.name} of ${point.folder}, completed ${point.completed.toISOString()}, and ${until}`,
            );
            const recoveryTarget = recoverTo === undefined ? "{}" : `{ targetTime: "${recoverTo}" }`;
            return { generation, archive, bootstrap: "recovery", source: point.folder, recoveryTarget };
        }
        if (recoverTo !== undefined && others.length > 0) {
            const oldest = others.at(-1)?.completed.toISOString();
            throw new Error(
                `landfall:recoverTo: no backup of PostgreSQL was completed by ${recoverTo}; the oldest is of ${oldest}. ` +
                    "Set a later time, or remove the setting to come back to the end of what was written",
            );
        }
        return { generation, archive, bootstrap: "initdb", source: "none", recoveryTarget: "{}" };
    }
}

/**
 * What a cluster's database begins with: the newest base backup that another generation of the cluster left in the
 * durable storage, with the write-ahead log after it, or nothing if there is none.
 *
 * Decided once for each generation, and kept in the state: CloudNativePG reads `bootstrap` when it makes the first
 * instance, and its webhook refuses a Cluster in which one bootstrap is left over beside another. A state that was lost
 * leads to the same decision, because only a living cluster writes backups. `recoverTo` has no effect on a database
 * that is there.
 */
export class DatabaseOrigin extends BundledResource {
    /** The generation that the database archives as, from `archiveOf`. */
    declare readonly archive: pulumi.Output<string>;
    /** `initdb`, or `recovery`: the folder of `gitops/systems/postgresql/bootstrap`. */
    declare readonly bootstrap: pulumi.Output<string>;
    /** The folder of the container to come back from; `none` for a new database. */
    declare readonly source: pulumi.Output<string>;
    /** CloudNativePG's `recoveryTarget`, as YAML in one line. */
    declare readonly recoveryTarget: pulumi.Output<string>;

    constructor(name: string, { token, ...args }: DatabaseOriginArgs, opts?: pulumi.CustomResourceOptions) {
        const outputs = { archive: undefined, bootstrap: undefined, source: undefined, recoveryTarget: undefined };
        const lender = lendToken(token);
        const props = { ...args, lender, ...outputs };
        super(DatabaseOriginProvider, __filename, ["azure", "DatabaseOrigin"], name, props, opts);
    }
}
