import { UserError } from "../user-error";
import { type ArmAnswer, problemOf, sendToArm } from "./arm-request";
import { patient, type Pauses } from "./passing-faults";

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
        private readonly pauses: Pauses = patient,
    ) {}

    /**
     * A GET, or a POST with a body.
     *
     * @throws UserError if Azure cannot be reached; ArmRefusal if it does not let the caller ask.
     */
    async ask(path: string, body?: unknown): Promise<ArmAnswer> {
        const answer = await this.send(body === undefined ? "GET" : "POST", path, body);
        if (answer.status === 401 || answer.status === 403) {
            throw refusal(`about ${path.split("?")[0] ?? path}`, answer);
        }
        return answer;
    }

    /** A DELETE, of which Azure may only say that it has begun. @throws UserError if Azure cannot be reached. */
    remove(path: string): Promise<ArmAnswer> {
        return this.send("DELETE", path, undefined);
    }

    private async send(method: string, path: string, body: unknown): Promise<ArmAnswer> {
        try {
            return await sendToArm(this.token, method, path, body, this.fetch, this.pauses);
        } catch (error) {
            throw new UserError(error instanceof Error ? error.message : String(error));
        }
    }
}

/** The answers to a question whose answer comes in pages, until one has no link to the next. */
export async function* pagesOf(path: string, ask: (path: string) => Promise<ArmAnswer>): AsyncGenerator<ArmAnswer> {
    for (let next: string | undefined = path; next !== undefined;) {
        const answer = await ask(next);
        yield answer;
        const link = answer.body.nextLink;
        next = typeof link === "string" && link !== "" ? link.replace(/^https:\/\/[^/]+/, "") : undefined;
    }
}

export function refusal(question: string, answer: ArmAnswer): ArmRefusal {
    return new ArmRefusal(`Azure did not say ${question}: ${problemOf(answer)}`, answer.status);
}
