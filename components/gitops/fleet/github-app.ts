import { createSign } from "node:crypto";
import type { GitHubApp } from "../../settings/github-login";

/** A token of an App's installation, with what it may do: names of permissions, each `read`, `write` or `admin`. */
export interface InstallationToken {
    readonly token: string;
    /** ISO 8601: an hour after it was issued. */
    readonly expires_at: string;
    readonly permissions: Readonly<Record<string, string>>;
    /** Whether the installation reaches every repository of its owner, or those that were selected. */
    readonly repository_selection: "all" | "selected";
}

/**
 * The token with which an App speaks for itself: signed with its key, valid for nine minutes. GitHub takes ten at most,
 * and issued a minute ago, because the clocks of two machines differ.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appToken({ id, privateKey }: GitHubApp): string {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
        { alg: "RS256", typ: "JWT" },
        { iat: now - 60, exp: now + 9 * 60, iss: id },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

/** Whether a token of an installation is good for a few minutes more. */
export function isFresh({ expires_at: expiresAt }: InstallationToken): boolean {
    return Date.parse(expiresAt) - Date.now() > 5 * 60_000;
}
