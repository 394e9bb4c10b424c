import type { Clock } from "../azure/arm/clock";

/** A clock of Azure that stands still until it is told how much time passes. */
export class ManualClock implements Clock {
    readonly holdMilliseconds = 0;
    private now = 0;
    private readonly waiting: { readonly until: number; readonly resolve: () => void }[] = [];

    seconds(): number {
        return this.now;
    }

    wait(seconds: number): Promise<void> {
        return new Promise((resolve) => this.waiting.push({ until: this.now + seconds, resolve }));
    }

    async spend(seconds: number): Promise<void> {
        await this.pass(seconds);
    }

    milliseconds(seconds: number): number {
        return seconds * 1000;
    }

    /** Lets so many seconds pass, and what ends in them end. */
    async pass(seconds: number): Promise<void> {
        this.now += seconds;
        this.waiting.filter(({ until }) => until <= this.now).forEach(({ resolve }) => resolve());
        const left = this.waiting.filter(({ until }) => until > this.now);
        this.waiting.splice(0, this.waiting.length, ...left);
        await new Promise((resolve) => setImmediate(resolve));
    }
}
