import type { Problem } from "../settings/settings-rules";

/** What a look at one thing found out. */
export interface Finding {
    /** What was looked at, such as `vCPU quota`. */
    readonly title: string;
    /** What stops an update, each with its setting, file or resource and what to do. */
    readonly problems: readonly string[];
    /** What does not stop it, and somebody should know. */
    readonly warnings: readonly string[];
    /** Why it is not known; undefined when it is. */
    readonly unknown?: string;
}

/** What a check answers; a sound one answers nothing. */
export interface Answer {
    readonly problems?: readonly Problem[];
    readonly warnings?: readonly Problem[];
}

/** A question that nobody answered: whoever asks may not read it, or the service is not there. It stops nothing. */
export class NotKnown extends Error {}

/** Asks, and tells an answer from none. What else goes wrong is a fault of the program, and rejects. */
export async function findingOf(title: string, ask: () => Promise<Answer>): Promise<Finding> {
    try {
        const { problems = [], warnings = [] } = await ask();
        return { title, problems: problems.map(lineOf), warnings: warnings.map(lineOf) };
    } catch (error) {
        if (error instanceof NotKnown) {
            return { title, problems: [], warnings: [], unknown: error.message };
        }
        throw error;
    }
}

function lineOf({ key, message }: Problem): string {
    return `${key}: ${message}`;
}
