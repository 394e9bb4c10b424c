import { whyUnreachable } from "../unreachable";
import { patient, throughFaults } from "./passing-faults";

const arm = "https://management.azure.com";
const timeoutMs = 30_000;

/** What Azure Resource Manager answered. A body that is empty or not JSON has no fields. */
export interface ArmAnswer {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

/**
 * One request to Azure Resource Manager, whatever it answers, but for passing faults, which it waits for: all of them
 * may be sent twice.
 *
 * @throws Error if Azure cannot be reached.
 */
export async function sendToArm(
    token: string,
    method: string,
    path: string,
    body: unknown,
    fetch: typeof globalThis.fetch = globalThis.fetch,
    pauses = patient,
): Promise<ArmAnswer> {
    const send = () =>
        fetch(arm + path, {
            method,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            signal: AbortSignal.timeout(timeoutMs),
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
    try {
        const response = await throughFaults("management.azure.com", send, pauses);
        return { status: response.status, body: objectOf(await response.text()) };
    } catch (error) {
        throw new Error(`cannot reach ${arm}: ${whyUnreachable(error)}`, { cause: error });
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

/** AKS and DNS write code and message of their own refusals without `error` around them. */
export function errorOf(answer: ArmAnswer): { readonly code: string; readonly message: string } {
    const error = (answer.body.error ?? answer.body) as Record<string, unknown>;
    return { code: text(error.code), message: text(error.message) };
}

/** The same in one line, with the status. */
export function problemOf(answer: ArmAnswer): string {
    const { code, message } = errorOf(answer);
    return `HTTP ${answer.status} ${code} ${message}`.trim();
}

export function text(value: unknown): string {
    return typeof value === "string" ? value : "";
}
