import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Engine } from "./engine";
import { type Journal, type JournalFile, withPhase } from "./journal";
import { EventLog, summarize } from "@landfall/sandbox";

/** One attempt, whose times are kept even if it fails. */
export class Attempt<Kept extends Journal> {
    constructor(
        private readonly file: JournalFile<Kept>,
        public journal: Kept,
    ) {
        this.save({ ...journal, attempts: journal.attempts + 1 });
    }

    async phase(name: string, work: () => Promise<void>): Promise<void> {
        const start = Date.now();
        try {
            await work();
        } finally {
            this.add(name, Date.now() - start);
        }
    }

    add(name: string, ms: number): void {
        this.save(withPhase(this.journal, { name, ms }));
    }

    private save(journal: Kept): void {
        this.journal = journal;
        this.file.write(journal);
    }
}

/** Runs the update of a stack. The engine's own events say how long each part took. */
export async function update<Kept extends Journal>(engine: Engine, attempt: Attempt<Kept>): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-rebuild-"));
    const events = path.join(folder, "events.json");
    const log = new EventLog(events);
    const start = Date.now();
    try {
        await engine.follow("up", "--yes", "--skip-preview", "--event-log", log.pipe);
    } finally {
        await log.close();
        summarize(events, start, Date.now()).phases.forEach(({ name, ms }) => attempt.add(name, ms));
        fs.rmSync(folder, { recursive: true });
    }
}
