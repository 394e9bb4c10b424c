import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** Something in the folder of a tree that a branch cannot hold, or that nobody said it should. */
interface FolderProblem {
    /** From the folder. */
    readonly file: string;
    readonly problem: string;
    readonly fix: string;
}

/** What the folder of a tree holds. */
interface TreeFolder {
    /** Text of each file, by path from the folder, in alphabetical order: also of those that Git does not track yet. */
    readonly files: Readonly<Record<string, string>>;
    readonly problems: readonly FolderProblem[];
}

/**
 * Reads the folder of a tree, without what Git ignores. A file that Git does not track yet is a problem: a backup or
 * the plain text of a Secret beside the tree is not to reach a repository because it lies there. So is everything that
 * would be missing from the branch or arrive there as something else: links, checkouts of other repositories, and
 * files that are no text, because the program reads, compares and merges texts.
 *
 * @throws Error if the folder is in a checkout of Git and Git cannot be asked.
 */
export function readTreeFolder(directory: string): TreeFolder {
    const git = gitFilesIn(directory);
    const files: Record<string, string> = {};
    const problems: FolderProblem[] = [];
    const entries = entriesIn(directory).sort((one, other) => (one.file < other.file ? -1 : 1));
    for (const { file, kind } of entries.filter((entry) => !git?.ignores(entry.file))) {
        if (kind !== "file") {
            problems.push({ file, ...kinds[kind] });
            continue;
        }
        if (git && !git.tracks(file)) {
            problems.push({ file, ...untracked(file) });
        }
        const text = textOf(fs.readFileSync(path.join(directory, file)));
        if (text === undefined) {
            problems.push({ file, ...binary });
        } else {
            files[file] = text;
        }
    }
    return { files, problems };
}

const kinds = {
    link: {
        problem: "is a symbolic link, which Flux leaves out of what it fetches",
        fix: "put the file itself there",
    },
    repository: {
        problem: "is a checkout of another repository, or a submodule, which the branch cannot hold",
        fix: "remove its .git, so that its files are the tree's own, or move it out of gitops/",
    },
    other: {
        problem: "is neither a file nor a folder",
        fix: "move it out of gitops/",
    },
} as const;

const binary = {
    problem: "is no text in UTF-8, and a branch holds texts alone",
    fix: "convert it, or keep it outside and have the workload fetch it (a small file: as binaryData of a ConfigMap)",
};

function untracked(file: string) {
    return { problem: "is not tracked by Git", fix: `git add gitops/${file}, list it in .gitignore, or remove it` };
}

interface Entry {
    /** From the folder, with slashes. */
    readonly file: string;
    readonly kind: "file" | keyof typeof kinds;
}

function entriesIn(directory: string, below = ""): Entry[] {
    const entries = fs.readdirSync(path.join(directory, below), { withFileTypes: true });
    // The whole folder is what is wrong, and what is in it would only hide that.
    if (below !== "" && entries.some(({ name }) => name === ".git")) {
        return [{ file: below, kind: "repository" }];
    }
    return entries
        .filter(({ name }) => name !== ".git")
        .flatMap((entry): Entry[] => {
            const file = path.posix.join(below, entry.name);
            if (entry.isDirectory()) {
                return entriesIn(directory, file);
            }
            return [{ file, kind: entry.isFile() ? "file" : entry.isSymbolicLink() ? "link" : "other" }];
        });
}

/** The text of a file; undefined if writing the text would not give the same bytes, or if it has a NUL (UTF-16). */
function textOf(bytes: Buffer): string | undefined {
    const text = bytes.toString("utf8");
    return bytes.includes(0) || !Buffer.from(text, "utf8").equals(bytes) ? undefined : text;
}

/** What Git knows of a folder's files; undefined if the folder is in no checkout, or if Git tracks nothing in it. */
function gitFilesIn(directory: string) {
    const tracked = git(directory, ["--cached"]);
    if (tracked === undefined || tracked.size === 0) {
        return undefined;
    }
    const others = git(directory, ["--others", "--exclude-standard"]) ?? new Set();
    // A folder with a repository of its own is one entry, with a slash at its end; so are submodules, without.
    const isIn = (files: ReadonlySet<string>, file: string) => files.has(file) || files.has(`${file}/`);
    return {
        tracks: (file: string) => tracked.has(file),
        ignores: (file: string) => !isIn(tracked, file) && !isIn(others, file),
    };
}

function git(directory: string, options: readonly string[]): Set<string> | undefined {
    // A hook of Git sets variables that name another repository or index than the folder's own.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
    const run = spawnSync("git", ["ls-files", "-z", ...options], {
        cwd: directory,
        env: { ...environment, LC_ALL: "C" },
        encoding: "utf8",
        maxBuffer: 2 ** 28,
    });
    if (run.error && !isInCheckout(directory)) {
        return undefined;
    }
    if (run.status !== 0 && (run.stderr ?? "").includes("not a git repository")) {
        return undefined;
    }
    if (run.error || run.status !== 0) {
        const reason = run.error?.message ?? run.stderr.trim();
        throw new Error(`git cannot say which files of gitops/ it tracks: ${reason}`);
    }
    return new Set(run.stdout.split("\0").filter((file) => file !== ""));
}

/** Whether a folder above has `.git`, for a machine without Git. */
function isInCheckout(directory: string): boolean {
    const parent = path.dirname(directory);
    return fs.existsSync(path.join(directory, ".git")) || (parent !== directory && isInCheckout(parent));
}
