import { createInterface, type Interface } from "node:readline/promises";
import { InitError } from "./init-error";
import type { Question } from "./question";

/** Where answers come from: options, and a person if there is a terminal. */
export class Answers {
    private readonly missing: string[] = [];
    private readonly problems: string[] = [];
    private readonly terminal: Interface | undefined;
    private readonly gone = new AbortController();

    constructor(
        private readonly options: Readonly<Record<string, unknown>>,
        isTerminal: boolean,
    ) {
        if (isTerminal) {
            this.terminal = createInterface({ input: process.stdin, output: process.stderr });
            // Ctrl-C and Ctrl-D: a question would otherwise wait for ever.
            this.terminal.on("close", () => this.gone.abort());
        }
    }

    close(): void {
        this.terminal?.close();
    }

    /** Puts an answer into the plan. What is missing or wrong is kept for `check`, unless a person can be asked. */
    async ask(question: Question): Promise<void> {
        const { option, form, text, proposal, note, isFact } = question;
        const given = this.options[option];
        if (typeof given === "string") {
            const value = given === "none" ? "" : given;
            this.problems.push(...question.answer(value).map((problem) => `--${option} ${given}: ${problem}`));
            return;
        }
        if (this.terminal && (isFact !== true || proposal === undefined)) {
            await this.askPerson(this.terminal, question);
            return;
        }
        if (proposal === undefined) {
            this.missing.push(`--${option} ${form}  ${text}${note === undefined ? "" : ` (${note})`}`);
            return;
        }
        this.problems.push(...question.answer(proposal));
    }

    /** Whether a person agrees; without a terminal, the options said it all. */
    async confirm(text: string): Promise<boolean> {
        if (!this.terminal || this.options.yes === true) {
            return true;
        }
        const reply = await this.reply(this.terminal, `${text} [Y/n] `);
        return /^(y(es)?)?$/i.test(reply);
    }

    /** @throws InitError naming every answer that is missing, as an option, and every one that is wrong. */
    check(): void {
        const missing =
            this.missing.length === 0 ? [] : ["Nobody can be asked without a terminal. Give:", ...this.missing];
        const lines = [...this.problems, ...missing.map((line, at) => (at === 0 ? line : `  ${line}`))];
        if (lines.length > 0) {
            throw new InitError([...lines, "Nothing was written."].join("\n"));
        }
    }

    private async askPerson(terminal: Interface, { text, proposal, note, answer }: Question): Promise<void> {
        if (note !== undefined) {
            console.error(`(${note})`);
        }
        const shown = proposal === undefined ? "" : ` [${proposal === "" ? "none" : proposal}]`;
        for (;;) {
            const reply = await this.reply(terminal, `${text}${shown}: `);
            const value = reply === "" ? proposal : reply === "none" ? "" : reply;
            const problems = value === undefined ? ["an answer is needed"] : answer(value);
            if (problems.length === 0) {
                return;
            }
            problems.forEach((problem) => console.error(`  ${problem}`));
        }
    }

    private async reply(terminal: Interface, prompt: string): Promise<string> {
        try {
            return (await terminal.question(prompt, { signal: this.gone.signal })).trim();
        } catch (error) {
            if ((error as Error).name === "AbortError") {
                throw new InitError("\nNothing was written.");
            }
            throw error;
        }
    }
}
