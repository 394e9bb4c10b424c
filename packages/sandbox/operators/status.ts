import { isDeepStrictEqual } from "node:util";
import type { KubernetesApi } from "../kubernetes/api";
import { type CustomObject, type Kind, pathOf } from "./operator";

export interface Condition {
    readonly type: string;
    readonly status: "True" | "False" | "Unknown";
    readonly reason: string;
    readonly message: string;
    readonly lastTransitionTime?: string;
    readonly observedGeneration?: number;
}

/** Writes the given fields of the status subresource where they differ. The other fields stay. */
export async function setStatus(
    api: KubernetesApi,
    kind: Pick<Kind, "group" | "version" | "plural">,
    object: CustomObject,
    status: Readonly<Record<string, unknown>>,
): Promise<void> {
    const current = object.status ?? {};
    const changed = Object.entries(status).filter(([field, value]) => !isDeepStrictEqual(current[field], value));
    if (changed.length > 0) {
        await api.merge(`${pathOf(kind, object)}/status`, { status: Object.fromEntries(changed) });
    }
}

/** The conditions of an object with these set; a condition whose status stays keeps the time of its last transition. */
export function conditionsOf(object: CustomObject, ...conditions: Condition[]): Condition[] {
    const current = (object.status?.conditions ?? []) as Condition[];
    const others = current.filter(({ type }) => !conditions.some((condition) => condition.type === type));
    const set = conditions.map((condition) => {
        const before = current.find(({ type }) => type === condition.type);
        const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : undefined;
        return { ...condition, lastTransitionTime: lastTransitionTime ?? now() };
    });
    return [...others, ...set];
}

/** The time as Kubernetes writes it, in whole seconds. */
export function now(): string {
    return timeOf(new Date());
}

export function timeOf(date: Date): string {
    return date.toISOString().replace(/\.\d+Z$/, "Z");
}
