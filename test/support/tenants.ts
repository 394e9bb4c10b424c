import { field, type KubernetesObject, label, layerOf, list, type Tree } from "./tree";

/** The label that makes a namespace a tenant's; its value is the tenant's name. */
export const TENANT = "toolkit.fluxcd.io/tenant";

/** Kinds that each tenant has, besides its Namespace. */
const PARTS = [
    "ServiceAccount",
    "RoleBinding",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "GitRepository",
    "Kustomization",
];

/** Objects of the layer that belong to no tenant: what all of them share. */
const SHARED = ["ClusterRole tenant", "ValidatingAdmissionPolicy tenant", "ValidatingAdmissionPolicyBinding tenant"];

/** What is wrong with the tenants of a tree: parts that are missing, and settings by which one could reach beyond its own. */
export function faults(tree: Tree): string[] {
    const { objects } = layerOf(tree, "tenants");
    const tenants = objects.filter(({ kind }) => kind === "Namespace");
    const names = new Set(tenants.map(({ metadata }) => metadata.name));
    const astray = objects
        .filter((object) => object.kind !== "Namespace" && !SHARED.includes(label(object)))
        .filter(({ metadata }) => !names.has(metadata.namespace ?? ""))
        .map((object) => `${label(object)}: is in no tenant's namespace`);
    return [...astray, ...tenants.flatMap((namespace) => faultsOfTenant(namespace, objects))];
}

function faultsOfTenant(namespace: KubernetesObject, objects: readonly KubernetesObject[]): string[] {
    const { name } = namespace.metadata;
    const own = objects.filter(({ metadata }) => metadata.namespace === name);
    const missing = PARTS.filter((part) => !own.some(({ kind }) => kind === part)).map((part) => `has no ${part}`);
    const wrong = own.flatMap((object) => RULES[object.kind]?.(object, name) ?? []);
    return [...missing, ...faultsOfNamespace(namespace), ...wrong].map((fault) => `${name}: ${fault}`);
}

function faultsOfNamespace({ metadata }: KubernetesObject): string[] {
    const { labels, annotations } = metadata as { [part: string]: Record<string, string> | undefined };
    const checks: [boolean, string][] = [
        [labels?.["pod-security.kubernetes.io/enforce"] === "restricted", "its pod security is not restricted"],
        [labels?.[TENANT] === metadata.name, `its Namespace has no label ${TENANT}: ${metadata.name}`],
        [
            annotations?.["kustomize.toolkit.fluxcd.io/prune"] === "disabled",
            "its Namespace would be pruned with its volumes",
        ],
    ];
    return failed(checks);
}

/** What is wrong with an object of a tenant, by kind. */
const RULES: Readonly<Record<string, (object: KubernetesObject, tenant: string) => string[]>> = {
    RoleBinding: (object, tenant) => {
        const role = `${String(field(object, "roleRef.kind"))} ${String(field(object, "roleRef.name"))}`;
        const strangers = list(object, "subjects").filter(
            (subject) => field(subject, "kind") !== "ServiceAccount" || field(subject, "namespace") !== tenant,
        );
        return failed([
            [role === "ClusterRole tenant", `binds ${String(field(object, "roleRef.name"))}, not tenant`],
            ...strangers.map((subject): [boolean, string] => {
                return [false, `binds its role to ${String(field(subject, "kind"))} ${String(field(subject, "name"))}`];
            }),
        ]);
    },
    NetworkPolicy: (object) =>
        failed([
            [
                JSON.stringify(field(object, "spec.podSelector")) === "{}" &&
                    list(object, "spec.policyTypes").length === 2,
                "its NetworkPolicy does not deny in both directions for every pod",
            ],
        ]),
    Kustomization: (object, tenant) =>
        failed([
            [
                field(object, "spec.serviceAccountName") === "flux",
                `acts as ${String(field(object, "spec.serviceAccountName"))}, not as its own account flux`,
            ],
            [
                field(object, "spec.targetNamespace") === tenant,
                `applies to ${String(field(object, "spec.targetNamespace"))}, not to ${tenant}`,
            ],
            [
                (field(object, "spec.sourceRef.namespace") ?? tenant) === tenant,
                `has a source of ${String(field(object, "spec.sourceRef.namespace"))}`,
            ],
            [field(object, "spec.decryption") === undefined, "decrypts, which is for the platform alone"],
            [field(object, "spec.prune") === true, "does not prune"],
            [field(object, "spec.timeout") !== undefined, "has no timeout"],
        ]),
};

/** Rules of a role that reach beyond a namespace, or that would let its holder widen quota, network or rights. */
export function wideRules(role: KubernetesObject): string[] {
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
    return list(role, "rules").flatMap((rule) => {
        const [groups, resources, verbs] = ["apiGroups", "resources", "verbs"].map(
            (key) => list(rule, key) as string[],
        );
        const writes = verbs?.some((verb) => !["get", "list", "watch"].includes(verb)) === true;
        const isWide =
            groups?.includes("*") === true ||
            verbs?.some((verb) => forbiddenVerbs.includes(verb)) === true ||
            resources?.some((resource) => forbiddenResources.some((pattern) => pattern.test(resource))) === true ||
            (writes && resources?.some((resource) => readOnly.test(resource)) === true);
        return isWide ? [`may ${verbs?.join()} ${resources?.join()} of group "${groups?.join()}"`] : [];
    });
}

function failed(checks: readonly (readonly [holds: boolean, fault: string])[]): string[] {
    return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}
