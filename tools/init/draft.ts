import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** What the tools write to, and what they read to do so. */
const parts = ["gitops", "packages/sandbox/keys"];
const stackFile = /^Pulumi\.([a-z0-9-]+\.)*yaml$/;

/**
 * A copy of the tree and the stack files, to which everything is written first. The repository gets all of it at the
 * end, or nothing.
 */
export class Draft {
    readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-init-"));

    constructor(private readonly repository: string) {
        // Also when a signal ends the process.
        process.once("exit", () => fs.rmSync(this.folder, { recursive: true, force: true }));
        for (const part of [...parts, ...fs.readdirSync(repository).filter((file) => stackFile.test(file))]) {
            fs.cpSync(path.join(repository, part), path.join(this.folder, part), { recursive: true });
        }
    }

    get tree(): string {
        return path.join(this.folder, "gitops");
    }

    write(file: string, text: string): void {
        fs.writeFileSync(path.join(this.folder, file), text);
    }

    /**
     * Takes the changes over, and gives their files. Synchronous, so that no signal comes in between; every text is on
     * the disk before the first file is replaced.
     */
    apply(): string[] {
        const before = filesIn(this.repository);
        const after = filesIn(this.folder);
        const changed = [...after.keys()].filter((file) => before.get(file) !== after.get(file));
        const written: string[] = [];
        try {
            for (const file of changed) {
                const target = path.join(this.repository, file);
                fs.mkdirSync(path.dirname(target), { recursive: true });
                fs.writeFileSync(`${target}.new`, after.get(file) ?? "");
                written.push(target);
            }
        } catch (error) {
            written.forEach((target) => fs.rmSync(`${target}.new`));
            throw error;
        }
        written.forEach((target) => fs.renameSync(`${target}.new`, target));
        const gone = [...before.keys()].filter((file) => !after.has(file));
        gone.forEach((file) => fs.rmSync(path.join(this.repository, file)));
        return [...changed, ...gone].sort();
    }
}

/** The text of each file that may change. */
function filesIn(root: string): Map<string, string> {
    const tree = fs
        .readdirSync(path.join(root, "gitops"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
    const files = [...tree, ...fs.readdirSync(root).filter((file) => stackFile.test(file))];
    return new Map(files.map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")]));
}
