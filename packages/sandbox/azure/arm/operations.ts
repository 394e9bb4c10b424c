import { randomUUID } from "node:crypto";
import type { Clock } from "./clock";

/** How a write or a deletion runs that Azure answers before it is done. */
export interface OperationPlan {
    /** How long it was recorded to take: the median. */
    readonly seconds: number;
    /** `provisioningState` of the resource meanwhile, where it has one. */
    readonly state?: string;
    /**
     * Where the client looks: the operation's status (`Azure-AsyncOperation`), its result (`Location`), both, or the
     * resource itself; `answer` when the request is answered once all is done.
     */
    readonly follow: "status" | "result" | "both" | "resource" | "answer";
    /** What `Retry-After` says. */
    readonly retryAfterSeconds?: number;
    /** What `status` says one after the other while it runs. @default - InProgress */
    readonly statuses?: readonly string[];
    /**
     * Begun so few seconds after the one before has ended, its status carries an `error` although it goes well, and
     * still does so when it has succeeded.
     */
    readonly preemptedSeconds?: number;
    /** Names the operation's collection in its address: the service's own word. */
    readonly collection?: { readonly status: string; readonly result: string };
}

export interface OperationTarget {
    readonly resourceId: string;
    readonly kind: "write" | "delete" | "action";
    /** e.g. `Microsoft.Network` */
    readonly namespace: string;
    readonly region: string;
    readonly apiVersion: string;
}

export interface Operation extends OperationTarget {
    readonly id: string;
    readonly plan: OperationPlan;
    readonly startTime: Date;
    /** Seconds of the clock. */
    readonly startedAt: number;
    readonly done: Promise<void>;
    readonly isPreempted: boolean;
    endTime?: Date;
    endedAt?: number;
    error?: Error;
}

/** One whose request is answered once all is done, after so many seconds. */
export function takes(seconds: number): OperationPlan {
    return { seconds, follow: "answer" };
}

/** What runs at Azure, and what ran. */
export class Operations {
    private readonly all = new Map<string, Operation>();

    constructor(readonly clock: Clock) {}

    /**
     * Starts one. It ends when its time has passed and `work` is done; `after` follows then. What they throw is the
     * operation's failure.
     */
    start(
        target: OperationTarget,
        plan: OperationPlan,
        work: () => Promise<void>,
        after: () => Promise<void> = () => Promise.resolve(),
    ): Operation {
        const startedAt = this.clock.seconds();
        const operation: Operation = {
            ...target,
            id: randomUUID(),
            plan,
            startTime: new Date(),
            startedAt,
            isPreempted: this.at(target.resourceId).some(
                ({ endedAt = -Infinity }) => startedAt - endedAt < (plan.preemptedSeconds ?? 0),
            ),
            done: Promise.all([this.clock[plan.follow === "answer" ? "spend" : "wait"](plan.seconds), work()])
                .then(after)
                .catch((error: unknown) => {
                    operation.error = error instanceof Error ? error : new Error(String(error));
                })
                .then(() => {
                    operation.endTime = new Date();
                    operation.endedAt = this.clock.seconds();
                }),
        };
        this.all.set(operation.id, operation);
        return operation;
    }

    find(id: string): Operation | undefined {
        return this.all.get(id);
    }

    /** What runs at a resource. */
    runningAt(resourceId: string): Operation | undefined {
        return this.at(resourceId).find(({ endTime }) => endTime === undefined);
    }

    running(): Operation[] {
        return this.list().filter(({ endTime }) => endTime === undefined);
    }

    list(): Operation[] {
        return [...this.all.values()];
    }

    private at(resourceId: string): Operation[] {
        return this.list().filter((operation) => operation.resourceId.toLowerCase() === resourceId.toLowerCase());
    }

    /** What the operation's `status` says now. */
    statusOf({ plan, startedAt, endTime, error }: Operation): string {
        if (endTime !== undefined) {
            return error === undefined ? "Succeeded" : "Failed";
        }
        const { statuses = ["InProgress"], seconds } = plan;
        const passed = seconds === 0 ? 1 : (this.clock.seconds() - startedAt) / seconds;
        return statuses[Math.min(statuses.length - 1, Math.floor(passed * statuses.length))] ?? "InProgress";
    }

    /** Resolves when the operation ends, or when an answer about it is held back no longer. */
    async held({ done }: Pick<Operation, "done">): Promise<void> {
        const { holdMilliseconds } = this.clock;
        if (holdMilliseconds === 0) {
            return;
        }
        let timer: NodeJS.Timeout | undefined;
        const over = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, holdMilliseconds);
        });
        await Promise.race([done, over]);
        clearTimeout(timer);
    }
}
