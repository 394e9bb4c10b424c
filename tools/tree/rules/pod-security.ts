import type { Finding } from "../finding";
import { textAt } from "../object";
import { type Level, violations } from "../pod-security";
import {
    findingOn,
    inEveryLiveCluster,
    type LiveCluster,
    livePods,
    type LivePods,
    namespaceNamed,
} from "../rendering/live";
import type { Tree } from "../tree";

const enforced = "pod-security.kubernetes.io/enforce";

/** Every pod passes the level of the Pod Security Standards that its namespace enforces; else it never starts. */
export function podSecurity(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => livePods(live).flatMap((pods) => refused(live, pods)));
}

function refused(live: LiveCluster, { source, namespace, spec, path }: LivePods): Finding[] {
    const home = namespaceNamed(live, namespace);
    const level = (textAt(home?.object, ["metadata", "labels", enforced]) ?? "privileged") as Level;
    return violations(spec, level).map((violation) => {
        const problem = `namespace ${namespace} refuses (${enforced}: ${level}): ${violation.problem}`;
        const fix = source.rendered
            ? `set the value of chart ${source.rendered.chart} that changes ${violation.path}, or lower the namespace's level in ${home?.manifest.file}, with the reason`
            : `change it, or lower the namespace's level in ${home?.manifest.file}, with the reason`;
        return findingOn(source, `${path}.${violation.path}`, problem, fix);
    });
}
