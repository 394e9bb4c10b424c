import { UserError } from "../user-error";

const ARM = "https://management.azure.com";
const TIMEOUT_MS = 30_000;

export interface Asker {
    /** Access token for Azure Resource Manager. */
    readonly token: string;
    /** @default - the global fetch */
    readonly fetch?: typeof fetch;
}

/** What Azure Resource Manager answered; an empty body, or one that is no JSON, has no fields. */
export interface ArmAnswer {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

/**
 * Asks before there is a resource, so not through Pulumi: a GET, or a POST with a body.
 *
 * @throws UserError if Azure cannot be reached, or does not let the caller ask.
 */
export async function ask(args: Asker, path: string, body?: unknown): Promise<ArmAnswer> {
    const request = args.fetch ?? fetch;
    const response = await request(ARM + path, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${args.token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        throw new UserError(`cannot reach ${ARM}: ${String(cause)}`);
    });
    const answer: ArmAnswer = { status: response.status, body: objectOf(await response.text()) };
    if (response.status === 401 || response.status === 403)
        throw refusal(`about ${path.split("?")[0] ?? path}`, answer);
    return answer;
}

/** The JSON of an answer; an empty or other body is one without fields, and its status says enough. */
function objectOf(body: string): Record<string, unknown> {
    try {
        return (JSON.parse(body) ?? {}) as Record<string, unknown>;
    } catch {
        return {};
    }
}

export function refusal(question: string, answer: ArmAnswer): UserError {
    const { code, message } = errorOf(answer);
    return new UserError(`Azure did not say ${question}: HTTP ${answer.status} ${code} ${message}`.trim());
}

export function errorOf(answer: ArmAnswer): { readonly code: string; readonly message: string } {
    const error = (answer.body["error"] ?? {}) as Record<string, unknown>;
    return { code: text(error["code"]), message: text(error["message"]) };
}

export function text(value: unknown): string {
    return typeof value === "string" ? value : "";
}
