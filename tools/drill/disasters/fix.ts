import type { Stage } from "./stage";

/** The one command after a disaster: as people type it, and typed in a sandbox. */
export interface Fix {
    /** What is typed for a stack. */
    readonly typed: (stack: string) => string;
    /** @throws Error with what the command prints if it fails. */
    readonly type: (stage: Stage) => Promise<void>;
}

/** `npm run rebuild`. */
export function rebuild(...args: readonly string[]): Fix {
    return {
        typed: (stack) => ["npm run rebuild -- --stack", stack, ...args].join(" "),
        type: (stage) => stage.rebuild(...args),
    };
}

/** `pulumi`, which the sandbox asks nothing. */
export function pulumi(...args: readonly string[]): Fix {
    return {
        typed: (stack) => ["pulumi", ...args, "--stack", stack].join(" "),
        type: (stage) => stage.succeeds(...args, "--yes", "--skip-preview"),
    };
}

/** A commit on the stack's branch of the fleet repository. */
export function git(...args: readonly string[]): Fix {
    return {
        typed: () => `git ${args.join(" ")} && git push`,
        type: async (stage) => {
            await stage.commit(async (run) => {
                await run(...args);
            });
            // It waits until Flux has followed the commit, and has nothing else to do.
            await stage.succeeds("up", "--yes", "--skip-preview");
        },
    };
}

export function kubectl(...args: readonly string[]): Fix {
    return {
        typed: () => `kubectl ${args.join(" ")}`,
        type: async (stage) => {
            await stage.kubectl(...args);
        },
    };
}
