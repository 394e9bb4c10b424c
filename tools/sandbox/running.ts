import * as path from "node:path";
import {
    isAlive,
    readSession,
    requireStack,
    sandboxDirectory,
    SandboxError,
    type Session,
    type Workspace,
} from "@landfall/sandbox";

/** This repository, and the folder of the user's sandbox. */
export function workspace(): Workspace {
    return { repository: path.join(__dirname, "../.."), directory: sandboxDirectory() };
}

/** @throws SandboxError if no sandbox runs. */
export function requireSession(): Workspace & { readonly session: Session } {
    const { repository, directory } = workspace();
    const session = readSession(directory);
    if (!session || !isAlive(session.pid)) {
        throw new SandboxError(`No sandbox runs in ${directory}; npm start`);
    }
    return { repository, directory, session };
}

/** Removes a leading `--stack NAME` from the arguments of another program. */
export function takeStack(args: string[]): { stack: string; rest: string[] } {
    const [flag, name, ...rest] = args;
    if (flag !== "--stack" || !name) {
        return { stack: "staging", rest: args };
    }
    requireStack(workspace().repository, name);
    return { stack: name, rest };
}
