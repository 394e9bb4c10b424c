import type { KubernetesEvent } from "../read/objects";
import { type Event, isKnown, type Part } from "../status";
import { oneLine } from "./section";

const shown = 50;

/** When an event was last seen, in ISO 8601. */
export function timeOf({ lastTimestamp, eventTime, metadata }: KubernetesEvent): string {
    return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "";
}

/** The newest first. */
export function events(read: Part<readonly KubernetesEvent[]>): Part<readonly Event[]> {
    if (!isKnown(read)) {
        return read;
    }
    return read
        .map((event) => ({
            at: timeOf(event),
            object: `${event.involvedObject.kind} ${event.involvedObject.namespace ?? ""}/${event.involvedObject.name}`,
            warning: event.type === "Warning",
            reason: event.reason ?? "",
            message: oneLine(event.message ?? ""),
        }))
        .sort((a, b) => b.at.localeCompare(a.at))
        .slice(0, shown);
}
