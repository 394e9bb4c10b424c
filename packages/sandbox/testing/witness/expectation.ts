/**
 * What exchanges with Azure that others recorded show of a resource type, as data: requests in order, and of each
 * answer what was seen. The recordings themselves are not here; each fact names where it was seen.
 */

/** Test recordings of a public repository under the MIT licence. */
export interface Cassette {
    /** `owner/repository:path` */
    readonly file: string;
    /** The day; undefined where the recording does not tell. */
    readonly recorded?: string;
}

/** Where a fact was seen: a cassette, and the places of the exchanges in it. */
export type Seen = readonly [Cassette, ...number[]];

/** Some value, whatever it is. */
export const some = Symbol("some value");
/** No value. */
export const none = Symbol("no value");

/** A value that has to be there: objects may have more properties, all else is equal or matches. */
export type Expected =
    | string
    | number
    | boolean
    | null
    | RegExp
    | typeof some
    | typeof none
    | readonly Expected[]
    | { readonly [name: string]: Expected };

/** One behaviour, and what of the answer shows it. */
export interface Fact {
    /** The behaviour in words, of Azure. */
    readonly says: string;
    readonly seen: Seen;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | RegExp | typeof some | typeof none>>;
    readonly body?: Expected;
    /** Why the stand-in does something else on purpose; what is expected then is what the stand-in does. */
    readonly differs?: string;
}

export interface Exchange {
    readonly send: {
        readonly method: "GET" | "PUT" | "POST" | "DELETE";
        /** An ARM path below the group, or from its start with "/", or `@status` or `@result` of the last operation. */
        readonly path: string;
        readonly apiVersion?: string;
        readonly body?: object;
        readonly headers?: Readonly<Record<string, string>>;
    };
    /** Seconds that pass before. */
    readonly after?: number;
    readonly facts: readonly Fact[];
}

/** A behaviour that the stand-in does not have, and what that hides. */
interface NotModelled {
    readonly says: string;
    readonly seen: Seen;
    readonly why: string;
}

/** What was seen of a resource type. */
export interface Witness {
    readonly title: string;
    /** What a subscription holds before: resource group `rg`, and what `exchanges` stand on. */
    readonly ground?: "group" | "cluster" | "nothing";
    /** Add-ons that a policy of the subscription switches on. */
    readonly addonsByPolicy?: readonly string[];
    readonly exchanges: readonly Exchange[];
    readonly notModelled?: readonly NotModelled[];
}
