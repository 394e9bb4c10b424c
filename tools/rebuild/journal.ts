import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Store } from "./stores";

/** How long a part of the work took, over all attempts. */
export interface Phase {
    readonly name: string;
    readonly ms: number;
}

/** What the state of a stack does not say of a command that was interrupted. */
export interface Journal {
    /** When somebody agreed to it. What is older is replaced; what is newer is there already. */
    readonly begun: string;
    /** How often it was begun or gone on with. */
    readonly attempts: number;
    readonly phases: readonly Phase[];
    /** Where data came back from, as it was at the beginning. */
    readonly stores: readonly Store[];
}

/** The journal of a command that changes a stack, from its first change to the report. */
export class JournalFile<Kept extends Journal = Journal> {
    readonly file: string;

    constructor(folder: string, stack: string, command = "rebuild") {
        this.file = path.join(folder, `${command}-${stack}.json`);
    }

    /** Undefined if the command is not under way. */
    read(): Kept | undefined {
        return fs.existsSync(this.file) ? (JSON.parse(fs.readFileSync(this.file, "utf8")) as Kept) : undefined;
    }

    write(journal: Kept): void {
        fs.mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
        fs.writeFileSync(`${this.file}.new`, `${JSON.stringify(journal, undefined, 2)}\n`);
        fs.renameSync(`${this.file}.new`, this.file);
    }

    remove(): void {
        fs.rmSync(this.file);
    }
}

/** Where journals are outside of a sandbox. */
export function journalFolder(): string {
    return path.join(process.env.XDG_STATE_HOME ?? path.join(os.homedir(), ".local/state"), "landfall");
}

/** Adds to a phase, which may have begun in an earlier attempt. */
export function withPhase<Kept extends Journal>(journal: Kept, { name, ms }: Phase): Kept {
    const before = journal.phases.find((phase) => phase.name === name)?.ms ?? 0;
    const others = journal.phases.filter((phase) => phase.name !== name);
    return { ...journal, phases: [...others, { name, ms: before + ms }] };
}
