import * as fs from "node:fs";
import * as path from "node:path";
import { mapAt } from "./object";
import { kubernetesSchemasFolder } from "@landfall/facts";

const file = path.join(kubernetesSchemasFolder, "pod-v1.json");
let schema: unknown;

/** What of a pod or a container charts take as a value, by what the names of such values end in. */
const parts: readonly (readonly [ending: RegExp, definitions: readonly string[]])[] = [
    [/securityContext$|^context$/i, ["PodSecurityContext", "SecurityContext"]],
    [/^resources$/, ["ResourceRequirements"]],
    [/probe$/i, ["Probe"]],
    [/affinity$/i, ["Affinity"]],
    [/^lifecycle(Hooks)?$/i, ["Lifecycle"]],
];

/** Maps that hold whatever the author likes. */
const any = /(annotations|labels|nodeselector|matchlabels)$/i;

/**
 * The keys that Kubernetes itself has in a value of this name: a chart copies such a value into a pod as it is,
 * whatever its defaults are. Undefined for a name that is the chart's own, `any` for one that may hold every key.
 */
export function podKeys(name: string): readonly string[] | "any" | undefined {
    if (any.test(name)) {
        return "any";
    }
    schema ??= JSON.parse(fs.readFileSync(file, "utf8"));
    const definitions = parts.find(([ending]) => ending.test(name))?.[1];
    return definitions?.flatMap((definition) => {
        return Object.keys(mapAt(schema, ["definitions", `io.k8s.api.core.v1.${definition}`, "properties"]));
    });
}
