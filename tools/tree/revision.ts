import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { TreeError } from "./tree-error";

/** A folder of the repository as a revision of Git has it, or as it lies there. */
export interface Snapshot {
    readonly root: string;
    /** Text of a file beside the tree, if it is there. */
    read(file: string): string | undefined;
    remove(): void;
}

/** The repository as it lies there. */
export function workTree(repository: string): Snapshot {
    const full = (file: string) => path.join(repository, file);
    return {
        root: full("gitops"),
        read: (file) => (fs.existsSync(full(file)) ? fs.readFileSync(full(file), "utf8") : undefined),
        remove: () => undefined,
    };
}

/**
 * The tree as a revision has it, in a folder of its own that lasts until `remove`.
 *
 * @throws TreeError if Git does not know the revision, or if it has no tree.
 */
export function revision(repository: string, name: string): Snapshot {
    const archive = git(repository, ["archive", "--format=tar", name, "--", "gitops"]);
    if (archive.status !== 0) {
        const advice = "name a commit or branch that this clone has: --base origin/main";
        throw new TreeError(`--base ${name}: ${archive.stderr.toString("utf8").trim()}; ${advice}`);
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-base-"));
    const { status, stderr } = spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout });
    if (status !== 0) {
        fs.rmSync(folder, { recursive: true });
        throw new TreeError(`tar could not unpack the tree of ${name}: ${stderr?.toString("utf8") ?? ""}`);
    }
    return {
        root: path.join(folder, "gitops"),
        read: (file) => {
            const shown = git(repository, ["show", `${name}:${file}`]);
            return shown.status === 0 ? shown.stdout.toString("utf8") : undefined;
        },
        remove: () => fs.rmSync(folder, { recursive: true }),
    };
}

function git(cwd: string, args: readonly string[]) {
    const run = spawnSync("git", args, { cwd, maxBuffer: 2 ** 28 });
    if (run.error) {
        throw new TreeError(`git could not be run: ${run.error.message}`);
    }
    return run;
}
