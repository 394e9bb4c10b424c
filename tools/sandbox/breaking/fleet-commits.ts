import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { SandboxError } from "@landfall/sandbox";

/** How a commit that breaks something begins, and how Git calls the one that takes it back. */
const breaking = "Break ";
const taken = /This reverts commit ([0-9a-f]{40})/g;

/** Somebody who commits to a stack's branch of the fleet repository, beside the program. */
export class FleetCommits {
    constructor(
        private readonly fleet: { readonly repository: string; readonly branch: string },
        /** A folder for a clone, which goes again. */
        private readonly temporary: string,
    ) {}

    /** Commits what `change` does to the files of a clone, if it does anything; gives whether it does. */
    commit(subject: string, change: (clone: string) => void): boolean {
        return this.inClone((clone, git) => {
            change(clone);
            git("add", "--all");
            if (git("status", "--porcelain") === "") {
                return false;
            }
            git("commit", "--quiet", `--message=${subject}`);
            git("push", "--quiet");
            return true;
        });
    }

    /**
     * Breaks something by a commit, which `revert` takes back.
     *
     * @throws SandboxError if it is broken already.
     */
    break(what: string, change: (clone: string) => void): void {
        if (!this.commit(`${breaking}${what}`, change)) {
            throw new SandboxError(`${what} is broken already; npm run sandbox -- mend`);
        }
    }

    /** Takes back every commit that broke something, the last first. Gives how many there were. */
    revert(): number {
        return this.inClone((_, git) => {
            const reverted = new Set([...git("log", "--format=%b").matchAll(taken)].map(([, commit]) => commit));
            const broken = git("log", "--format=%H %s")
                .split("\n")
                .map((line) => ({ commit: line.slice(0, 40), subject: line.slice(41) }))
                .filter(({ commit, subject }) => subject.startsWith(breaking) && !reverted.has(commit));
            broken.forEach(({ commit }) => git("revert", "--no-edit", commit));
            git("push", "--quiet");
            return broken.length;
        });
    }

    private inClone<Result>(act: (clone: string, git: (...args: string[]) => string) => Result): Result {
        const { repository, branch } = this.fleet;
        const clone = fs.mkdtempSync(path.join(this.temporary, "clone-"));
        try {
            execFileSync("git", ["clone", "--quiet", "--branch", branch, repository, clone], { stdio: "pipe" });
            const author = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];
            return act(clone, (...args) =>
                execFileSync("git", ["-C", clone, ...author, ...args], { encoding: "utf8", stdio: "pipe" }).trim(),
            );
        } finally {
            fs.rmSync(clone, { recursive: true, force: true });
        }
    }
}
