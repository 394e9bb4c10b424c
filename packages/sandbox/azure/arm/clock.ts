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

/** Nothing takes any time but what the sandbox itself has to do, such as starting a cluster. */
export const instantClock: Clock = {
    seconds: () => performance.now() / 1000,
    wait: () => Promise.resolve(),
    spend: () => Promise.resolve(),
    milliseconds: () => 0,
    holdMilliseconds: 60_000,
};

/** Everything takes as long as it was recorded to take, divided by `factor`. */
export function scaledClock(factor: number): Clock {
    const milliseconds = (seconds: number) => (seconds * 1000) / factor;
    const wait = (seconds: number) => setTimeout(milliseconds(seconds));
    return {
        seconds: () => (performance.now() / 1000) * factor,
        wait,
        spend: wait,
        milliseconds,
        holdMilliseconds: milliseconds(pollSeconds),
    };
}
