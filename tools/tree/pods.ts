import { field, list, type Path } from "./object";
import type { Manifest } from "./tree";

/** A container of an object that makes pods. */
export interface Container {
    readonly path: readonly (string | number)[];
    readonly container: unknown;
    /** The spec of its pod. */
    readonly pod: unknown;
    /** Whether it runs as long as its pod does; others end before, or with a job. */
    readonly isLasting: boolean;
}

const templates: Readonly<Record<string, Path>> = {
    Pod: ["spec"],
    CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
    Deployment: ["spec", "template", "spec"],
    StatefulSet: ["spec", "template", "spec"],
    DaemonSet: ["spec", "template", "spec"],
    Job: ["spec", "template", "spec"],
};

/** The containers of an object, those that run before the others among them. */
export function containersOf({ object }: Manifest): Container[] {
    const template = templates[object.kind] as readonly string[] | undefined;
    const pod = template === undefined ? undefined : field(object, template);
    return ["initContainers", "containers"].flatMap((kind) =>
        list(pod, kind).map((container, index) => ({
            path: [...(template ?? []), kind, index],
            container,
            pod,
            isLasting:
                !object.kind.endsWith("Job") &&
                (kind === "containers" || field(container, "restartPolicy") === "Always"),
        })),
    );
}
