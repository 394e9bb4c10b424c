/** The claims of an access token, which is not verified; none if it cannot be read. */
export function claimsOf(token: string): Record<string, unknown> {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    try {
        return (JSON.parse(payload) ?? {}) as Record<string, unknown>;
    } catch {
        return {};
    }
}
