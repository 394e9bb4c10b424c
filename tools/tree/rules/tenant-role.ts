import type { Finding } from "../finding";
import { list } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Tree } from "../tree";

const forbiddenVerbs = ["*", "bind", "escalate", "impersonate", "deletecollection"];
const forbiddenResources = [
    /^\*/,
    /^cluster/,
    /^namespaces/,
    /^(nodes|persistentvolumes)$/,
    /^customresourcedefinitions$/,
    /^serviceaccounts\/token$/,
    /webhookconfigurations$/,
];
const readOnly = /^(resourcequotas|limitranges|networkpolicies)$/;

/** The tenants' role reaches nothing beyond a namespace, and lets nobody widen quota, network or rights. */
export function tenantRole(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "ClusterRole")
            .filter(({ object }) => object.metadata.name === "tenant")
            .flatMap((role) =>
                list(role.object, "rules").flatMap((rule, index) => {
                    const [groups, resources, verbs] = [
                        texts(rule, "apiGroups"),
                        texts(rule, "resources"),
                        texts(rule, "verbs"),
                    ];
                    const problem = `may ${verbs.join()} ${resources.join()} of group "${groups.join()}"`;
                    const fix = "take the rule away: whatever it is for is the platform's to do";
                    return isWide(groups, resources, verbs) ? [findingAt(role, ["rules", index], problem, fix)] : [];
                }),
            ),
    );
}

function texts(rule: unknown, key: string): string[] {
    return list(rule, key).map(String);
}

function isWide(groups: readonly string[], resources: readonly string[], verbs: readonly string[]): boolean {
    const writes = verbs.some((verb) => !["get", "list", "watch"].includes(verb));
    return (
        groups.includes("*") ||
        verbs.some((verb) => forbiddenVerbs.includes(verb)) ||
        resources.some((resource) => forbiddenResources.some((pattern) => pattern.test(resource))) ||
        (writes && resources.some((resource) => readOnly.test(resource)))
    );
}
