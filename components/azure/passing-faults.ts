import * as pulumi from "@pulumi/pulumi";

/** Seconds between attempts. */
export type Pauses = readonly number[];

/** A quarter of a minute: what restarts, and what a load balancer is still sent to, is back by then. */
export const patient: Pauses = [1, 2, 4, 8];

/** Seconds. A service that asks for more is not waited for: it says so itself. */
const longestWait = 120;

/**
 * Sends a request that may be sent twice, and sends it again when a passing fault stopped it: there is no answer, the
 * service has had too many requests, or fails by itself. Gives the last answer, or throws what the last attempt threw.
 * Says each time what it waits for.
 */
export async function throughFaults(what: string, send: () => Promise<Response>, pauses: Pauses): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
        const answer = await send().catch((error: unknown) => error);
        const pause = pauses[attempt];
        const wait = pause === undefined ? undefined : secondsUntilNext(answer, pause);
        if (wait === undefined) {
            if (answer instanceof Response) {
                return answer;
            }
            throw answer;
        }
        const why = answer instanceof Response ? `HTTP ${answer.status}` : "no answer";
        await pulumi.log.info(`${what}: ${why}; goes on in ${wait} s`);
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
}

/** Undefined for an answer that another attempt would not change. */
function secondsUntilNext(answer: unknown, pause: number): number | undefined {
    if (!(answer instanceof Response)) {
        return pause;
    }
    if (answer.status !== 429 && answer.status < 500) {
        return undefined;
    }
    const asked = Number(answer.headers.get("retry-after") ?? NaN);
    const wait = Number.isFinite(asked) ? Math.max(asked, pause) : pause;
    return wait > longestWait ? undefined : wait;
}
