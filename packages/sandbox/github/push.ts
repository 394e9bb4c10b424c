import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Git } from "./git";
import { type Actor, type RefUpdate, type RuleViolation, ruleViolation } from "./policy";
import type { Repository } from "./store";

/**
 * The pre-receive hook. Git passes file descriptor 3 on to it, at whose other end is this process: the hook tells where
 * the new objects are and which references shall move, and reads lines for the pusher until a verdict.
 */
const hookScript = `#!/bin/sh
{ echo "$GIT_OBJECT_DIRECTORY"; echo "$GIT_ALTERNATE_OBJECT_DIRECTORIES"; cat; echo; } >&3
while IFS= read -r line <&3; do
    case "$line" in
        "verdict accept") exit 0 ;;
        "verdict refuse") exit 1 ;;
        *) echo "$line" >&2 ;;
    esac
done
exit 1
`;

/** Writes the hook into a folder, for `core.hooksPath`. */
export function writeHook(folder: string): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, "pre-receive");
    writeFileSync(file, hookScript);
    chmodSync(file, 0o700);
}

/** Answers the hook of one push by `actor`: branch protection and rulesets hold for pushes too. */
export function judgePush(pipe: Duplex, repository: Repository, git: Git, actor: Actor): void {
    let told = "";
    pipe.on("error", () => pipe.destroy());
    pipe.on("data", (chunk: Buffer) => {
        told += chunk.toString();
        if (!told.endsWith("\n\n") || told.split("\n").length < 4) {
            return;
        }
        const [objects, alternates, ...updates] = told.split("\n");
        told = "";
        const env = { GIT_OBJECT_DIRECTORY: objects!, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates! };
        const judge = (update: RefUpdate) => ruleViolation(repository, git, update, actor, { env });
        verdict(
            judge,
            updates.filter((line) => line !== ""),
        ).then(
            (lines) => pipe.write(lines.length === 0 ? "verdict accept\n" : `${lines.join("\n")}\nverdict refuse\n`),
            (error: Error) => pipe.write(`error: ${error.message.replace(/\n/g, " ")}\nverdict refuse\n`),
        );
    });
}

async function verdict(
    judge: (update: RefUpdate) => Promise<RuleViolation | undefined>,
    updates: readonly string[],
): Promise<string[]> {
    const lines: string[] = [];
    for (const line of updates) {
        const [previous, next, reference] = line.split(" ");
        const refused = await judge({ reference: reference!, previous: previous!, next: next! });
        if (!refused) {
            continue;
        }
        lines.push(
            refused.by === "rules"
                ? `error: GH013: Repository rule violations found for ${reference}.`
                : `error: GH006: Protected branch update failed for ${reference}.`,
            ...refused.reasons.map((reason) => `- ${reason}`),
        );
    }
    return lines;
}
