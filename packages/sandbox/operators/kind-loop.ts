import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../kubernetes/api-error";
import { follow } from "../kubernetes/follow";
import { collectionOf, type CustomObject, type Installed, type Kind } from "./operator";

const resyncMs = 30_000;
const stopMs = 2000;
const retryMs = { first: 1000, most: 30_000 };

interface Entry {
    object: CustomObject;
    /** Changed since it was last looked at. */
    dirty: boolean;
    failures: number;
    timer?: NodeJS.Timeout;
    running?: Promise<void>;
}

/** Follows the objects of a kind and reconciles each, one change at a time. */
export class KindLoop {
    private readonly aborted = new AbortController();
    private readonly entries = new Map<string, Entry>();
    private readonly following: Promise<void>;
    private isFailing = false;

    constructor(
        private readonly kind: Kind,
        private readonly installed: Installed,
        private readonly report: (message: string) => void,
    ) {
        const handler = {
            changed: (object: CustomObject) => this.changed(object),
            deleted: ({ metadata }: CustomObject) => this.forget(metadata.uid),
            failed: (error: unknown) => this.watchFailed(error),
        };
        this.following = follow(installed.api, collectionOf(kind), handler, this.aborted.signal);
    }

    /** Waits for what is at work, but not for an API server that does not answer. */
    async stop(): Promise<void> {
        this.aborted.abort();
        const running = [...this.entries.values()].flatMap((entry) => entry.running ?? []);
        [...this.entries.keys()].forEach((uid) => this.forget(uid));
        await this.following;
        await Promise.race([Promise.all(running), sleep(stopMs, undefined, { ref: false })]);
    }

    private changed(object: CustomObject): void {
        this.isFailing = false;
        const { uid } = object.metadata;
        const entry = this.entries.get(uid) ?? { object, dirty: true, failures: 0 };
        this.entries.set(uid, Object.assign(entry, { object, dirty: true, failures: 0 }));
        this.run(uid, entry);
    }

    private run(uid: string, entry: Entry): void {
        if (entry.running || this.aborted.signal.aborted) {
            return;
        }
        clearTimeout(entry.timer);
        entry.running = this.reconcile(entry).then((again) => {
            entry.running = undefined;
            if (this.entries.get(uid) !== entry) {
                return;
            }
            entry.timer = setTimeout(() => this.run(uid, entry), entry.dirty ? 0 : again);
        });
    }

    /** Gives the milliseconds until the object is looked at again. */
    private async reconcile(entry: Entry): Promise<number> {
        entry.dirty = false;
        if (entry.object.metadata.deletionTimestamp) {
            return resyncMs;
        }
        try {
            const again = await this.kind.reconcile(entry.object, this.installed);
            entry.failures = 0;
            return again ?? resyncMs;
        } catch (error) {
            const { namespace, name } = entry.object.metadata;
            const { kind } = entry.object;
            if (!this.aborted.signal.aborted) {
                this.report(`${kind ?? this.kind.plural} ${namespace ?? ""}/${name}: ${String(error)}`);
            }
            entry.failures += 1;
            return Math.min(retryMs.first * 2 ** (entry.failures - 1), retryMs.most);
        }
    }

    private forget(uid: string): void {
        clearTimeout(this.entries.get(uid)?.timer);
        this.entries.delete(uid);
    }

    private watchFailed(error: unknown): void {
        // Reported once and not at each attempt. 404: the definition of the kind is gone, or not served yet.
        if (!this.isFailing && !(error instanceof ApiError && error.status === 404)) {
            this.isFailing = true;
            this.report(`The watch of ${this.kind.plural} failed and is started again: ${String(error)}`);
        }
    }
}
