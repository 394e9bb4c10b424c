import type { Plan } from "./plan";

/** One thing that the tool has to know. */
export interface Question {
    /** Name of the option that answers it, without its hyphens. */
    readonly option: string;
    /** What the option takes, as the usage writes it. */
    readonly form: string;
    readonly text: string;
    /** What was found out; undefined if nobody knows. An empty text is an answer: none. */
    readonly proposal: string | undefined;
    /** Why nobody knows, or where the proposal comes from. */
    readonly note?: string | undefined;
    /** Whether the proposal is taken without a question: it is a fact and no choice. */
    readonly isFact?: boolean;
    /** Writes an answer into the plan. Gives what is wrong with it. */
    readonly answer: (value: string) => readonly string[];
}

/** A question whose answer is a setting, which the program's own rules check. */
export function settingQuestion(
    plan: Plan,
    key: string,
    rest: Pick<Question, "option" | "form" | "text" | "proposal" | "note">,
    { refuse = () => [], also = () => undefined, keys = [] }: Partial<Extra> = {},
): Question {
    return {
        ...rest,
        answer: (value) => {
            plan.setSetting(key, value);
            also(value);
            const problems = plan.problems([key, ...keys]).map(({ key: at, message }) => `${at}: ${message}`);
            return [...problems, ...refuse(value)];
        },
    };
}

interface Extra {
    /** What is wrong with a value that the rules allow. */
    readonly refuse: (value: string) => readonly string[];
    /** Sets what follows from it. */
    readonly also: (value: string) => void;
    /** Other settings that have to fit. */
    readonly keys: readonly string[];
}
