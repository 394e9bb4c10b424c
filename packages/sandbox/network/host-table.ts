import type { Route } from "./route";

/** A host that a client asked for and that no route answers for. */
export interface UnknownHost {
    readonly host: string;
    readonly port: number;
    readonly count: number;
    /** ISO 8601. */
    readonly lastAt: string;
}

/** The hosts that were asked for and refused, of all proxies that share it. */
export class UnknownHosts {
    private readonly hosts = new Map<string, UnknownHost>();

    add(host: string, port: number): void {
        const key = `${host}:${port}`;
        const count = (this.hosts.get(key)?.count ?? 0) + 1;
        this.hosts.set(key, { host, port, count, lastAt: new Date().toISOString() });
    }

    /** The first first. */
    list(): UnknownHost[] {
        return [...this.hosts.values()];
    }
}

/** Which route answers for a host name. */
export class HostTable {
    private readonly routes: { matches: (host: string) => boolean; route: Route }[];

    constructor(
        routes: readonly Route[],
        private readonly unknown: UnknownHosts,
    ) {
        this.routes = routes.map((route) => ({ matches: matcher(route.host), route }));
    }

    /** The routes whose host matches, in order; `host` as normalizeHost gives it. */
    lookup(host: string): Route[] {
        return this.routes.filter(({ matches }) => matches(host)).map(({ route }) => route);
    }

    /** Records that nothing answers for the host, and gives the message for the client. */
    refuse(host: string, port: number): string {
        this.unknown.add(host, port);
        // What the client sends ends up in a status line, where a control character would end it.
        return `${host.replace(/[^\x21-\x7e]/g, "?")} is not part of the sandbox's world`;
    }
}

/** Lower case, without the trailing dot of a fully qualified name and without the brackets of an IPv6 address. */
export function normalizeHost(host: string): string {
    return host
        .toLowerCase()
        .replace(/^\[(.*)\]$/, "$1")
        .replace(/\.$/, "");
}

/** Splits `host`, `host:port` or `[address]:port`. Throws when the port is not a number from 1 to 65535. */
export function parseAuthority(authority: string, defaultPort: number): { host: string; port: number } {
    const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(authority);
    const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
    if (match?.[1] === undefined || port < 1 || port > 65535) {
        throw new Error(`"${authority}" is not a host and port.`);
    }
    return { host: normalizeHost(match[1]), port };
}

function matcher(pattern: string | RegExp): (host: string) => boolean {
    if (typeof pattern === "string") {
        return (host) => host === pattern;
    }
    const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ""));
    return (host) => whole.test(host);
}
