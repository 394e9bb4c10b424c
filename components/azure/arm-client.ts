import { whyUnreachable } from "../unreachable";
import { UserError } from "../user-error";

const arm = "https://management.azure.com";
const timeoutMs = 30_000;

/** What Azure Resource Manager answered. A body that is empty or not JSON has no fields. */
export interface ArmAnswer {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

/** Azure was asked, and did not say. */
export class ArmRefusal extends UserError {
    constructor(
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
}

/** Asks Azure Resource Manager before there is a resource, and so not through Pulumi. */
export class ArmClient {
    /** `token` is an access token for Azure Resource Manager. */
    constructor(
        private readonly token: string,
        private readonly fetch: typeof globalThis.fetch = globalThis.fetch,
    ) {}

    /**
     * A GET, or a POST with a body.
     *
     * @throws UserError if Azure cannot be reached; ArmRefusal if it does not let the caller ask.
     */
    async ask(path: string, body?: unknown): Promise<ArmAnswer> {
        const response = await this.request(path, body).catch((error: unknown) => {
            throw new UserError(`cannot reach ${arm}: ${whyUnreachable(error)}`);
        });
        const answer: ArmAnswer = { status: response.status, body: objectOf(await response.text()) };
        if (response.status === 401 || response.status === 403) {
            throw refusal(`about ${path.split("?")[0] ?? path}`, answer);
        }
        return answer;
    }

    private request(path: string, body: unknown): Promise<Response> {
        // Called without `this`, which the global fetch does not accept.
        const { fetch } = this;
        return fetch(arm + path, {
            method: body === undefined ? "GET" : "POST",
            headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
            signal: AbortSignal.timeout(timeoutMs),
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
    }
}

/** The JSON of an answer. For a body that is empty or not JSON, the status says enough. */
function objectOf(body: string): Record<string, unknown> {
    try {
        return (JSON.parse(body) ?? {}) as Record<string, unknown>;
    } catch {
        return {};
    }
}

export function refusal(question: string, answer: ArmAnswer): ArmRefusal {
    const { code, message } = errorOf(answer);
    const text = `Azure did not say ${question}: HTTP ${answer.status} ${code} ${message}`.trim();
    return new ArmRefusal(text, answer.status);
}

/** AKS and DNS write code and message of their own refusals without `error` around them. */
export function errorOf(answer: ArmAnswer): { readonly code: string; readonly message: string } {
    const error = (answer.body.error ?? answer.body) as Record<string, unknown>;
    return { code: text(error.code), message: text(error.message) };
}

export function text(value: unknown): string {
    return typeof value === "string" ? value : "";
}
