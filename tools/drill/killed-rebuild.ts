import { Engine } from "../rebuild/engine";
import { JournalFile } from "../rebuild/journal";
import { rebuild } from "../rebuild/rebuild";
import { RebuildError } from "../rebuild/rebuild-error";
import { readStack } from "../status/stack";
import type { KilledEngine } from "./kill-points";
import { engineEnvironment, releaseStack, type Session, stackFolder, type Workspace } from "@landfall/sandbox";

/** `npm run rebuild` in a sandbox, whose engines are killed. */
export class KilledRebuild {
    private readonly engine: ReplacedEngine;

    constructor(
        private readonly place: Workspace,
        session: Session,
        private readonly stack: string,
    ) {
        const { repository, directory } = place;
        this.engine = new ReplacedEngine({
            repository,
            stackFiles: stackFolder(directory),
            stack,
            environment: engineEnvironment(directory, session),
            before: () => releaseStack(directory, stack).forEach((line) => console.error(line)),
        });
    }

    /** One attempt, which ends early when its engine is killed. */
    async attempt(engine: KilledEngine): Promise<void> {
        const { place, stack } = this;
        this.engine.replace(engine);
        try {
            await rebuild({
                engine: this.engine,
                groups: readStack(place.repository, stack).names(""),
                journal: new JournalFile(place.directory, stack),
                yes: true,
                planOnly: false,
                withoutVolumes: false,
                left: [],
            });
        } catch (error) {
            if (!this.engine.killed) {
                throw error;
            }
        }
    }
}

/** What people follow is run by another engine; the questions are the CLI's. */
class ReplacedEngine extends Engine {
    killed = false;
    private other: KilledEngine | undefined;

    replace(engine: KilledEngine): void {
        this.other = engine;
        this.killed = false;
    }

    override async follow(...args: string[]): Promise<void> {
        const log = args.indexOf("--event-log");
        const command = log < 0 ? args : args.filter((_, index) => index !== log && index !== log + 1);
        this.killed = (await this.other?.(command)) !== true;
        if (this.killed) {
            throw new RebuildError("the engine was killed");
        }
    }
}
