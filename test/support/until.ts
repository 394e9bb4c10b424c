import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks until the answer fits, and gives that answer.
 *
 * @param what completes "waiting for …".
 * @param minutes the deadline: many times what it takes, because other programs may keep the machine busy.
 * @throws Error with the last answer when the time is up.
 */
export async function until<Answer>(
    what: string,
    ask: () => Promise<Answer> | Answer,
    fits: RegExp | ((answer: Answer) => boolean),
    minutes = 5,
): Promise<Answer> {
    const deadline = Date.now() + minutes * 60_000;
    for (;;) {
        const asked = performance.now();
        const answer = await ask();
        if (typeof fits === "function" ? fits(answer) : fits.test(String(answer))) {
            return answer;
        }
        if (Date.now() > deadline) {
            const last = typeof answer === "string" ? answer : JSON.stringify(answer);
            throw new Error(`waiting for ${what}: ${fits instanceof RegExp ? `not ${fits} but ` : ""}${last}`);
        }
        // Half of the time at most goes into asking: what is waited for needs the machine too.
        await sleep(Math.max(300, performance.now() - asked));
    }
}
