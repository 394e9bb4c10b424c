import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { requireSession, takeStack } from "./running";
import { exitOf, fleetOf, SandboxError } from "@landfall/sandbox";

/** `git …`: git in the stack's bare fleet repository, on the stack's branch. */
export async function git(args: string[]): Promise<number> {
    const running = requireSession();
    const { stack, rest } = takeStack(args);
    const { repository, branch } = fleetOf(running.repository, running.session, stack);
    if (!fs.existsSync(repository)) {
        throw new SandboxError(`Stack ${stack} has no fleet repository yet; npm start -- --stack ${stack}`);
    }
    const [command = "log", ...others] = rest;
    return exitOf(spawn("git", ["-C", repository, command, branch, ...others], { stdio: "inherit" }));
}
