import type { Problem } from "./settings-rules";

const setToken = "export GITHUB_TOKEN, or run: pulumi config set --secret github:token";

/**
 * The token for GitHub: `github:token` of the stack's configuration, otherwise GITHUB_TOKEN. The GitHub provider looks
 * in the same order. The problem never shows the token.
 */
export function parseGithubToken(configured: unknown, fromEnvironment: string | undefined): string | Problem {
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
