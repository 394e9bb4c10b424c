import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Session } from "../world/session";
import { readStack } from "./stack-file";

/** The bare repository behind the fleet repository of a stack, and the stack's branch. */
export interface Fleet {
    readonly repository: string;
    readonly branch: string;
}

export function fleetOf(repository: string, session: Session, stack: string): Fleet {
    const { config } = readStack(repository, stack);
    // An empty text means "not set", as in the program.
    const setting = (key: string) => (config?.[key] === "" ? undefined : (config?.[key] as string | undefined));
    const environment = setting("landfall:environment") ?? stack;
    const name = setting("landfall:fleetRepository") ?? `fleet-${environment}`;
    return {
        repository: path.join(session.fleetRepositories, setting("github:owner") ?? "", `${name}.git`),
        branch: setting("landfall:fleetBranch") ?? environment,
    };
}

/** Head of the stack's branch, or undefined while there is none. */
export function headOf({ repository, branch }: Fleet): string | undefined {
    return git(repository, "rev-parse", "--verify", "--quiet", `refs/heads/${branch}`) || undefined;
}

/** Commits and changed files on the stack's branch since `head`. */
export function changesSince(fleet: Fleet, head: string | undefined): { commits: number; files: number } {
    const now = headOf(fleet);
    if (now === undefined || now === head) {
        return { commits: 0, files: 0 };
    }
    const range = head === undefined ? now : `${head}..${now}`;
    const names = head === undefined ? ["ls-tree", "-r", "--name-only", now] : ["diff", "--name-only", head, now];
    return {
        commits: Number(git(fleet.repository, "rev-list", "--count", range)),
        files: git(fleet.repository, ...names)
            .split("\n")
            .filter(Boolean).length,
    };
}

function git(repository: string, ...args: string[]): string {
    return fs.existsSync(repository)
        ? spawnSync("git", ["-C", repository, ...args], { encoding: "utf8" }).stdout.trim()
        : "";
}
