import type { Properties } from "../provider";
import type { GitHubClient } from "./client";

export interface Reading {
    readonly id: string;
    readonly outputs: Properties;
    /** Values of all inputs as they are now. */
    readonly inputs: Properties;
}

/** One resource type of the package. */
export interface Resource {
    readonly type: string;
    /** Names of all inputs, from the `…Args` interface of the SDK. */
    readonly inputs: readonly string[];
    readonly required: readonly string[];
    /** Inputs whose change needs a new resource, as in the real provider. */
    readonly replaces: readonly string[];
    /** The input that gets the resource's name and a random ending when the program sets none. */
    readonly named?: string;
    readonly secrets?: readonly string[];
    /** Inputs in the form in which differences count. */
    readonly comparable?: (inputs: Properties) => Properties;
    /** Why the inputs cannot be, beyond names. */
    readonly problems?: (inputs: Properties) => { property: string; reason: string }[];
    create(client: GitHubClient, inputs: Properties): Promise<Reading>;
    update?(client: GitHubClient, id: string, olds: Properties, news: Properties): Promise<Reading>;
    delete(client: GitHubClient, id: string, inputs: Properties, outputs: Properties): Promise<void>;
    read(client: GitHubClient, id: string, inputs: Properties | undefined): Promise<Reading | undefined>;
}

/** What a read must find after a create or an update. */
export async function mustRead(reading: Promise<Reading | undefined>, what: string): Promise<Reading> {
    const found = await reading;
    if (!found) {
        throw new Error(`${what} is not there right after it was written.`);
    }
    return found;
}

/** Both halves of an id `first:second`. */
export function twoParts(id: string, meaning: string): [string, string] {
    const [, first, second] = /^([^:]+):(.+)$/.exec(id) ?? [];
    if (first === undefined || second === undefined) {
        throw new Error(`"${id}" is not an id of the form ${meaning}.`);
    }
    return [first, second];
}
