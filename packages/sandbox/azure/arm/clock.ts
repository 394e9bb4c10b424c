import { setTimeout } from "node:timers/promises";

/** How time passes at Azure. Durations are seconds as they were recorded there. */
export interface Clock {
    /** Seconds of Azure since some moment. */
    seconds(): number;
    /** Resolves when that many seconds of Azure have passed. */
    wait(seconds: number): Promise<void>;
    /** The same for a request that is answered only then: its client has nothing else to do. */
    spend(seconds: number): Promise<void>;
    /** What so many seconds of Azure take here. */
    milliseconds(seconds: number): number;
    /**
     * For how long, in milliseconds here, the answer about an operation that runs is held back, so that a client that
     * asks every ten seconds learns of its end at once. None when 0.
     */
    readonly holdMilliseconds: number;
}

/** A client of Azure asks every ten seconds; on a faster clock it is answered as often as that comes to. */
const pollSeconds = 10;
/** Long enough for the start of a cluster, and shorter than the patience of clients. */
const longestHold = 60_000;

/**
 * The clock of a sandbox. By default nothing takes any time but what the sandbox itself has to do, such as starting a
 * cluster; with a speed, everything takes as long as it was recorded to take, divided by that.
 */
export class SandboxClock implements Clock {
    private speed: number | undefined;
    private before = 0;
    private since = performance.now();

    /** How many times as fast as Azure's time goes from now on; undefined for a clock on which nothing takes time. */
    setSpeed(speed: number | undefined): void {
        this.before = this.seconds();
        this.since = performance.now();
        this.speed = speed;
    }

    seconds(): number {
        return this.before + ((performance.now() - this.since) / 1000) * (this.speed ?? 1);
    }

    wait(seconds: number): Promise<void> {
        return this.speed === undefined ? Promise.resolve() : setTimeout(this.milliseconds(seconds));
    }

    spend(seconds: number): Promise<void> {
        return this.wait(seconds);
    }

    milliseconds(seconds: number): number {
        return this.speed === undefined ? 0 : (seconds * 1000) / this.speed;
    }

    get holdMilliseconds(): number {
        return this.speed === undefined ? longestHold : this.milliseconds(pollSeconds);
    }
}
