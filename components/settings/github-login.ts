import { createPrivateKey } from "node:crypto";
import type { Problem } from "./settings-rules";

/** How the program logs in to GitHub: as whoever issued a token, or as an installation of a GitHub App. */
export type GitHubLogin = { readonly token: string } | { readonly app: GitHubApp };

/** A GitHub App, as one of its installations. */
export interface GitHubApp {
    /** The App's id, or its client id. */
    readonly id: string;
    readonly installationId: string;
    /** RSA private key of the App, in PEM. Secret. */
    readonly privateKey: string;
}

/** What the login is made of: settings of the GitHub provider, and its variable. */
interface GitHubLoginSettings {
    readonly token: unknown;
    /** JSON, or the object itself: `id`, `installationId` and `pemFile`, which is the key and not its file. */
    readonly appAuth: unknown;
    /** GITHUB_TOKEN. */
    readonly fromEnvironment: string | undefined;
}

const setToken = "export GITHUB_TOKEN, or run: pulumi config set --secret github:token";
const setKey = "pulumi config set --secret --path github:appAuth.pemFile < private-key.pem";

/**
 * `github:appAuth` of the stack's configuration, otherwise `github:token`, otherwise GITHUB_TOKEN. The GitHub provider
 * looks in the same order. The problem never shows the token or the key.
 */
export function parseGitHubLogin({ token, appAuth, fromEnvironment }: GitHubLoginSettings): GitHubLogin | Problem {
    if (appAuth) {
        return token
            ? { key: "github:token", message: "is set beside github:appAuth; remove one of the two" }
            : parseAppAuth(appAuth);
    }
    const parsed = parseGithubToken(token, fromEnvironment);
    return typeof parsed === "string" ? { token: parsed } : parsed;
}

export function isProblem(login: GitHubLogin | Problem): login is Problem {
    return "message" in login;
}

/** What is wrong with a text as the private key of an App; undefined if nothing is. Does not show the text. */
export function privateKeyProblem(pem: string): string | undefined {
    try {
        return createPrivateKey(pem).asymmetricKeyType === "rsa"
            ? undefined
            : "is not an RSA key, as those of Apps are";
    } catch {
        return "is not a private key in PEM";
    }
}

function parseGithubToken(configured: unknown, fromEnvironment: string | undefined): string | Problem {
    const [key, token] = configured ? ["github:token", configured] : ["GITHUB_TOKEN", fromEnvironment];
    if (typeof token !== "string" || token === "") {
        return { key: "github:token", message: `is not set, nor is GITHUB_TOKEN; ${setToken} (docs/permissions.md)` };
    }
    // Anything else fails as a header, and the error of fetch shows the whole header.
    if (!/^[!-~]+$/.test(token)) {
        return { key, message: `holds a space, a line break or another character that no token has; ${setToken}` };
    }
    return token;
}

function parseAppAuth(configured: unknown): GitHubLogin | Problem {
    const { id, installationId, pemFile } = fieldsOf(configured);
    for (const [name, value, form] of [
        ["id", id, /^(\d+|Iv[A-Za-z0-9.]+)$/],
        ["installationId", installationId, /^\d+$/],
    ] as const) {
        if (!form.test(value)) {
            const message = `is not the ${name} of a GitHub App; pulumi config set --path github:appAuth.${name} <${name}>`;
            return { key: `github:appAuth.${name}`, message };
        }
    }
    // As the provider reads it: the text may have \n in the place of line breaks.
    const privateKey = pemFile.replaceAll("\\n", "\n");
    const problem = privateKeyProblem(privateKey);
    return problem === undefined
        ? { app: { id, installationId, privateKey } }
        : { key: "github:appAuth.pemFile", message: `${problem}; ${setKey} (docs/permissions.md)` };
}

function fieldsOf(configured: unknown): { id: string; installationId: string; pemFile: string } {
    let value = configured;
    try {
        value = typeof configured === "string" ? JSON.parse(configured) : configured;
    } catch {
        value = {};
    }
    const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    // Set with --path, an id is a number.
    const text = (field: unknown) => (typeof field === "string" || typeof field === "number" ? String(field) : "");
    return { id: text(fields.id), installationId: text(fields.installationId), pemFile: text(fields.pemFile) };
}
