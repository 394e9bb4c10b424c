import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again, and keeps what was wrong. */
export class Watch {
    private samples = 0;
    private readonly problems: string[] = [];
    private isEnding = false;
    private readonly running: Promise<void>;

    constructor(private readonly look: () => Promise<string>) {
        this.running = this.run();
    }

    async end() {
        this.isEnding = true;
        await this.running;
        return { samples: this.samples, problems: this.problems };
    }

    private async run(): Promise<void> {
        while (!this.isEnding) {
            const problem = await this.look().catch((error: unknown) => String(error));
            this.samples += 1;
            if (problem !== "") {
                this.problems.push(`${new Date().toISOString()} ${problem}`);
            }
            await sleep(200);
        }
    }
}
