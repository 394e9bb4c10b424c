/**
 * GitHub Apps: a token that an App signs speaks for the App, and gets a token that speaks for one of its installations,
 * for an hour, with the permissions and the repositories of the installation.
 *
 * Not modelled: what GitHub says to a token whose installation ended (here it is unknown), tokens with fewer
 * permissions or repositories than their installation, organisation permissions, and rules that name an App. Before
 * branch rules, an installation acts as an administrator.
 *
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
 */
import { createPublicKey, type KeyObject, randomBytes, verify } from "node:crypto";
import type { HttpResponse } from "../network/route";
import { ApiError, created, notFound, ok } from "./answers";
import { renderRepository } from "./repositories";
import type { Call, Endpoint } from "./router";
import type { Repository } from "./store";

export interface App {
    readonly id: string;
    /** Public key, in PEM. */
    readonly publicKey: string;
    readonly installation: Installation;
}

/** By name, such as `contents`; `metadata: read` comes with every App and every token. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

export interface Installation {
    readonly id: string;
    readonly permissions: Permissions;
    /** Names of repositories; all of the organisation's if it is missing. */
    readonly repositories?: readonly string[];
    /** Whether an owner has suspended it. */
    readonly suspended?: boolean;
}

interface Issued {
    readonly installation: Installation;
    readonly expires: number;
}

const hour = 60 * 60;

/** The Apps that are installed in the organisation. */
export class Apps {
    private readonly issued = new Map<string, Issued>();

    constructor(
        private apps: readonly App[],
        /** Seconds since 1970. */
        private readonly now: () => number = () => Math.floor(Date.now() / 1000),
    ) {}

    /** The App that signed a token. @throws ApiError as GitHub refuses it. */
    appOf(token: string): App {
        const [header = "", payload = "", signature = ""] = token.split(".");
        const { alg } = decode(header);
        const { iss, iat, exp } = decode(payload);
        const app = this.apps.find(({ id }) => id === String(iss));
        if (!app) {
            throw new ApiError(404, "Integration not found");
        }
        const key = createPublicKey(app.publicKey);
        if (alg !== "RS256" || !signed(key, `${header}.${payload}`, signature)) {
            throw undecodable();
        }
        const now = this.now();
        if (typeof iat !== "number" || iat > now) {
            throw new ApiError(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            );
        }
        if (typeof exp !== "number" || exp <= now) {
            throw new ApiError(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
            );
        }
        if (exp > now + 10 * 60) {
            throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
        }
        return app;
    }

    /** Has an organisation's owners install these Apps in the place of those that were installed. */
    install(apps: readonly App[]): void {
        this.apps = apps;
    }

    /** The installation whose token this is; undefined if it is none, expired, or of an installation that ended. */
    installationOf(token: string): Installation | undefined {
        const { installation, expires } = this.issued.get(token) ?? { expires: 0 };
        const lasts = this.apps.some(({ installation: { id, suspended } }) => id === installation?.id && !suspended);
        return lasts && expires > this.now() ? installation : undefined;
    }

    /** @throws ApiError for an installation that is suspended. */
    issue(installation: Installation): { token: string; expires: number } {
        if (installation.suspended) {
            throw new ApiError(403, "This installation has been suspended");
        }
        const token = `ghs_${randomBytes(27).toString("base64url").replace(/[-_]/g, "0")}`;
        const expires = this.now() + hour;
        this.issued.set(token, { installation, expires });
        return { token, expires };
    }
}

/** Whether an installation reaches a repository. */
export function reaches({ repositories }: Installation, { name }: Pick<Repository, "name">): boolean {
    return repositories === undefined || repositories.some((one) => one.toLowerCase() === name.toLowerCase());
}

/**
 * The permission that an operation takes, by its method and pattern; undefined if none.
 * https://docs.github.com/rest/authentication/permissions-required-for-github-apps
 */
function permissionFor(method: string, path: string): { name: string; access: "read" | "write" } | undefined {
    const access = method === "GET" ? "read" : "write";
    const rest = path.replace(/^\/repos\/:owner\/:repo/, "");
    if (path === "/orgs/:org/repos" && access === "write") {
        return { name: "administration", access };
    }
    if (rest === path) {
        return undefined;
    }
    if (/^\/(git|contents|commits|compare|merges|branches$)/.test(rest)) {
        return { name: "contents", access };
    }
    if (rest.startsWith("/pulls")) {
        return { name: "pull_requests", access };
    }
    if (rest.startsWith("/statuses")) {
        return { name: "statuses", access };
    }
    const isAdministration = /^\/(keys|vulnerability-alerts)|\/protection$/.test(rest) || access === "write";
    return isAdministration ? { name: "administration", access } : undefined;
}

/** Refuses what a permission is lacking for, as GitHub does; `who` is its word for the kind of credential. */
export function checkPermission(permissions: Permissions, method: string, path: string, who: string): void {
    const needed = permissionFor(method, path);
    const granted = needed && permissions[needed.name];
    if (needed && granted !== "write" && granted !== needed.access) {
        throw new ApiError(403, `Resource not accessible by ${who}`, undefined, undefined, {
            "x-accepted-github-permissions": `${needed.name}=${needed.access}`,
        });
    }
}

function decode(part: string): Record<string, unknown> {
    try {
        return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
    } catch {
        throw undecodable();
    }
}

function undecodable(): ApiError {
    return new ApiError(401, "A JSON web token could not be decoded");
}

function signed(key: KeyObject, text: string, signature: string): boolean {
    return verify("RSA-SHA256", Buffer.from(text), key, Buffer.from(signature, "base64url"));
}

function described({ installation }: App, owner: string): object {
    return {
        id: Number(installation.id),
        account: { login: owner, type: "Organization" },
        ...selection(installation),
        target_type: "Organization",
        suspended_at: installation.suspended ? "2026-01-01T00:00:00Z" : null,
    };
}

function selection({ permissions, repositories }: Installation): object {
    return {
        permissions: { metadata: "read", ...permissions },
        repository_selection: repositories === undefined ? "all" : "selected",
    };
}

function installationBy({ app, params }: Call): App {
    if (app?.installation.id !== params.id) {
        throw notFound();
    }
    return app!;
}

function issueToken(call: Call): HttpResponse {
    const { installation } = installationBy(call);
    const { token, expires } = call.context.apps.issue(installation);
    const expiresAt = new Date(expires * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    return created({ token, expires_at: expiresAt, ...selection(installation) });
}

function listRepositories({ context, installation }: Call): HttpResponse {
    if (!installation) {
        throw new ApiError(
            403,
            "You must authenticate with an installation access token in order to list repositories for an installation.",
        );
    }
    const repositories = context.store.repositories.filter((one) => reaches(installation, one)).map(renderRepository);
    return ok({ total_count: repositories.length, ...selection(installation), repositories });
}

const docs = "apps/apps";

export const appEndpoints: readonly Endpoint[] = [
    {
        method: "GET",
        path: "/app",
        docs: `${docs}#get-the-authenticated-app`,
        byApp: true,
        handle: ({ app }) =>
            ok({ id: Number(app?.id), slug: "sandbox-app", permissions: app?.installation.permissions }),
    },
    {
        method: "GET",
        path: "/app/installations/:id",
        docs: `${docs}#get-an-installation-for-the-authenticated-app`,
        byApp: true,
        handle: (call) => ok(described(installationBy(call), call.context.owner)),
    },
    {
        method: "POST",
        path: "/app/installations/:id/access_tokens",
        docs: `${docs}#create-an-installation-access-token-for-an-app`,
        byApp: true,
        handle: issueToken,
    },
    {
        method: "GET",
        path: "/installation/repositories",
        docs: "apps/installations#list-repositories-accessible-to-the-app-installation",
        handle: listRepositories,
    },
];
