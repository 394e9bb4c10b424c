/** Exit codes of a command that fails for a reason that people can do something about. */
interface Failures {
    readonly usage: string;
    /** Errors whose message says all that a person needs. */
    readonly forPeople: readonly (abstract new (...args: never[]) => Error)[];
    /** Default: 1, as for every other error. */
    readonly exitCode?: number;
}

/**
 * Runs a command and ends the process: with its own code, or with 2 and the usage if the arguments are not its. What it
 * wrote goes out first, however slow the reader of a pipe is.
 */
export function runCommand(main: (args: string[]) => number | Promise<number>, failures: Failures): void {
    const { usage, forPeople, exitCode = 1 } = failures;
    const run = async () => main(process.argv.slice(2));
    run().then(end, (error: unknown) => {
        if (String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS")) {
            console.error(`${(error as Error).message}\n\n${usage}`);
            return end(2);
        }
        const isForPeople = forPeople.some((kind) => error instanceof kind);
        console.error(isForPeople ? (error as Error).message : error);
        end(isForPeople ? exitCode : 1);
    });
}

function end(code: number): void {
    process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
