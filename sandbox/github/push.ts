import { Duplex } from "node:stream";

import { Git } from "./git";
import { refusal } from "./policy";
import { Repository } from "./store";

/**
 * The pre-receive hook. Git passes file descriptor 3 on to it, at whose other end is this process: the hook tells where the
 * new objects are and which references shall move, and reads lines for the pusher until a verdict.
 */
export const hookScript = `#!/bin/sh
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

/** Answers the hook of one push: branch protection and rulesets hold for deploy keys too. */
export function judgePush(pipe: Duplex, repository: Repository, git: Git): void {
    let told = "";
    pipe.on("error", () => pipe.destroy());
    pipe.on("data", (chunk: Buffer) => {
        told += chunk.toString();
        if (!told.endsWith("\n\n") || told.split("\n").length < 4) return;
        const [objects, alternates, ...updates] = told.split("\n");
        told = "";
        const env = { GIT_OBJECT_DIRECTORY: objects!, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates! };
        verdict(
            repository,
            git,
            updates.filter((line) => line !== ""),
            env,
        ).then(
            (lines) => pipe.write(lines.length === 0 ? "verdict accept\n" : `${lines.join("\n")}\nverdict refuse\n`),
            (error: Error) => pipe.write(`error: ${error.message.replace(/\n/g, " ")}\nverdict refuse\n`),
        );
    });
}

async function verdict(
    repository: Repository,
    git: Git,
    updates: readonly string[],
    env: Record<string, string>,
): Promise<string[]> {
    const lines: string[] = [];
    for (const line of updates) {
        const [previous, next, reference] = line.split(" ");
        const refused = await refusal(
            repository,
            git,
            { reference: reference!, previous: previous!, next: next! },
            "deployKey",
            { env },
        );
        if (!refused) continue;
        lines.push(
            refused.by === "rules"
                ? `error: GH013: Repository rule violations found for ${reference}.`
                : `error: GH006: Protected branch update failed for ${reference}.`,
            ...refused.reasons.map((reason) => `- ${reason}`),
        );
    }
    return lines;
}
