import { LinearRouter } from "hono/router/linear-router";

/** Parameters of a path, percent-decoded. */
export type Params = Readonly<Record<string, string>>;

/**
 * Finds what answers a request by its method and path. Hono's pattern `:name` takes one segment of a path, `:name?` one
 * that may be missing at the end, and `:name{.+}` one or more. The first pattern that fits wins.
 */
export class Router<Target> {
    private readonly router = new LinearRouter<Target>();

    constructor(routes: readonly (readonly [method: string, path: string, target: Target])[]) {
        routes.forEach(([method, path, target]) => this.router.add(method, path, target));
    }

    find(method: string, path: string): { readonly target: Target; readonly params: Params } | undefined {
        // This router of Hono gives each match with its parameters, never with places in a stash.
        const [matches] = this.router.match(method, path) as [[Target, Params][]];
        return matches.map(([target, raw]) => ({ target, params: decoded(raw) }))[0];
    }
}

function decoded(params: Params): Params {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
}
