import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { field, type KubernetesObject, label, list, mapAt, type Path, textAt } from "../object";
import { type Cluster, everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** The label that makes a namespace a tenant's; its value is the tenant's name. */
const tenant = "toolkit.fluxcd.io/tenant";

/** Kinds that each tenant has, besides its Namespace. */
const parts = [
    "ServiceAccount",
    "RoleBinding",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "GitRepository",
    "Kustomization",
    "Gateway",
];

/** The object of the layer that belongs to no tenant: what all of them share. */
const shared = "ClusterRole tenant";

/** Where the tenants' Gateways are, as their certificates are not for the tenants to read or to change. */
const edge = "traefik";

const addresses = "landfall/addresses";

/** Says which of Flux's controllers reconcile an object. */
const shard = "sharding.fluxcd.io/key";

const prune = "kustomize.toolkit.fluxcd.io/prune";

/**
 * Every tenant is complete, whether an environment lists it or not, none can reach beyond its own, and what fences them
 * is in force before the first is there.
 */
export function tenants(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const layer = cluster.layers.find(({ name }) => name === "tenants");
        const unlisted = cluster.optional.filter((manifest) => manifest.layer === "tenants");
        const manifests = [...(layer?.manifests ?? []), ...unlisted];
        const namespaces = manifests.filter(({ object }) => object.kind === "Namespace");
        const names = namespaces.map(({ object }) => object.metadata.name);
        const astray = manifests
            .filter(({ object }) => object.kind !== "Namespace" && label(object) !== shared)
            .filter(({ object }) => !names.includes(tenantOf(object)))
            .map((manifest) =>
                findingAt(
                    manifest,
                    "metadata.namespace",
                    "is in no tenant's namespace",
                    "move it to a layer of the platform",
                ),
            );
        const inside = [...everyOfKind(cluster, "Namespace").map(({ object }) => object.metadata.name), "kube-system"];
        return [
            ...unmetNeeds(cluster, tenantNeeds(cluster)),
            ...astray,
            ...namespaces.flatMap((namespace) => [
                ...faultsOfTenant(namespace, manifests),
                ...faultsOfAddresses(namespace, inside),
            ]),
        ];
    });
}

export function tenantNeeds(cluster: Cluster): Needs {
    return { of: (manifest) => policiesFor(manifest, cluster) };
}

/** The bindings of the policies that select tenants' namespaces. The role without which no team does anything waits. */
function policiesFor({ object }: Manifest, cluster: Cluster): Need[] {
    if (label(object) !== shared) {
        return [];
    }
    const selectors = "spec.matchConstraints.namespaceSelector.matchExpressions";
    const policies = everyOfKind(cluster, "ValidatingAdmissionPolicy")
        .filter((policy) => list(policy.object, selectors).some((selector) => textAt(selector, "key") === tenant))
        .map(({ object }) => object.metadata.name);
    return everyOfKind(cluster, "ValidatingAdmissionPolicyBinding")
        .filter(({ object }) => policies.includes(textAt(object, "spec.policyName") ?? ""))
        .map((binding) => ({ path: "metadata.name", what: label(binding.object) }));
}

/** The namespace that an object is in, or the one that it is for. */
function tenantOf({ kind, metadata }: KubernetesObject): string {
    return (kind === "Gateway" && metadata.namespace === edge ? metadata.name : metadata.namespace) ?? "";
}

function faultsOfTenant(namespace: Manifest, manifests: readonly Manifest[]): Finding[] {
    const { name } = namespace.object.metadata;
    const own = manifests.filter(({ object }) => tenantOf(object) === name);
    const missing = parts
        .filter((part) => !own.some(({ object }) => object.kind === part))
        .map((part) =>
            findingAt(
                namespace,
                "metadata.name",
                `is a tenant's, which has no ${part}`,
                "copy it from tenants/team-example",
            ),
        );
    const wrong = own.flatMap((manifest) => rules[manifest.object.kind]?.(manifest, name) ?? []);
    return [...missing, ...faultsOfNamespace(namespace), ...wrong];
}

function faultsOfNamespace(namespace: Manifest): Finding[] {
    const { name } = namespace.object.metadata;
    const labels = mapAt(namespace.object, "metadata.labels");
    const level = "pod-security.kubernetes.io/enforce";
    const annotations = mapAt(namespace.object, "metadata.annotations");
    return failed(namespace, [
        [
            labels[level] === "restricted",
            ["metadata", "labels", level],
            "has a pod security that is not restricted",
            `label it ${level}: restricted`,
        ],
        [
            labels[tenant] === name,
            ["metadata", "labels", tenant],
            "is not labelled as the tenant's",
            `label it ${tenant}: ${name}`,
        ],
        [
            annotations[prune] === "disabled",
            ["metadata", "annotations", prune],
            "would be pruned with its volumes",
            `annotate it ${prune}: disabled`,
        ],
    ]);
}

/** What a team may fetch from is outside: no IP address, and no name that only the cluster knows. */
function faultsOfAddresses(namespace: Manifest, namespaces: readonly string[]): Finding[] {
    const value = mapAt(namespace.object, "metadata.annotations")[addresses];
    const allowed = typeof value === "string" ? value.split(" ").filter((address) => address !== "") : [];
    const inside = allowed.find((address) => !isPublic(address, namespaces));
    return failed(namespace, [
        [
            allowed.length > 0,
            ["metadata", "annotations", addresses],
            "allows no address to fetch from",
            `annotate it ${addresses}: with the address of the team's repository`,
        ],
        [
            inside === undefined,
            ["metadata", "annotations", addresses],
            `allows ${inside}, which is no address outside of the cluster that is reached by TLS or SSH`,
            "write https://, ssh:// or oci:// with a public name, and a path where others have repositories there too",
        ],
    ]);
}

function isPublic(address: string, namespaces: readonly string[]): boolean {
    const pattern = /^(?:https|oci|ssh):\/\/(?:git@)?([a-z0-9.-]+\.([a-z]{2,}))(?::\d+)?(?:\/[A-Za-z0-9._~/-]*)?$/;
    const [, host = "", domain = ""] = pattern.exec(address) ?? [];
    return host !== "" && ![...namespaces, "svc", "local", "internal", "localhost"].includes(domain);
}

/** What is wrong with an object of a tenant, by kind. */
const rules: Readonly<Record<string, (manifest: Manifest, tenant: string) => Finding[]>> = {
    RoleBinding: (manifest, tenant) => [
        ...failed(manifest, [
            [
                `${textAt(manifest.object, "roleRef.kind")} ${textAt(manifest.object, "roleRef.name")}` ===
                    "ClusterRole tenant",
                "roleRef.name",
                `binds ${textAt(manifest.object, "roleRef.name")}, not tenant`,
                "write roleRef: { kind: ClusterRole, name: tenant }",
            ],
        ]),
        ...list(manifest.object, "subjects").flatMap((subject, index) => {
            const isOwn = field(subject, "kind") === "ServiceAccount" && field(subject, "namespace") === tenant;
            const problem = `binds its role to ${textAt(subject, "kind")} ${textAt(subject, "name")}`;
            return isOwn
                ? []
                : [findingAt(manifest, ["subjects", index], problem, `bind service accounts of ${tenant} alone`)];
        }),
    ],
    NetworkPolicy: (manifest) =>
        failed(manifest, [
            [
                JSON.stringify(field(manifest.object, "spec.podSelector")) === "{}" &&
                    list(manifest.object, "spec.policyTypes").length === 2,
                "spec.policyTypes",
                "does not deny in both directions for every pod",
                "write podSelector: {} and policyTypes: [Ingress, Egress]",
            ],
        ]),
    Kustomization: (manifest, tenant) => failed(manifest, kustomizationChecks(manifest, tenant)),
    Gateway: (manifest, tenant) =>
        list(manifest.object, "spec.listeners").flatMap((listener, index) =>
            failed(manifest, listenerChecks(listener, ["spec", "listeners", index], tenant)),
        ),
};

function listenerChecks(listener: unknown, path: readonly (string | number)[], tenant: string): Check[] {
    const hostname = textAt(listener, "hostname") ?? "every host";
    const admitted = mapAt(listener, "allowedRoutes.namespaces.selector.matchLabels");
    const [certificate = ""] = list(listener, "tls.certificateRefs").map((reference) => textAt(reference, "name"));
    return [
        [
            hostname.startsWith(`*.${tenant}.`),
            [...path, "hostname"],
            `serves ${hostname}, not names below ${tenant}.\${domain}`,
            `write hostname: "*.${tenant}.\${domain}"`,
        ],
        [
            textAt(listener, "allowedRoutes.namespaces.from") === "Selector" &&
                admitted["kubernetes.io/metadata.name"] === tenant,
            [...path, "allowedRoutes"],
            "admits routes of other namespaces",
            `select kubernetes.io/metadata.name: ${tenant}`,
        ],
        [
            certificate === `tenant-${tenant}-tls`,
            [...path, "tls"],
            `has certificate ${certificate}, which may be another's`,
            `name it tenant-${tenant}-tls`,
        ],
    ];
}

function kustomizationChecks({ object }: Manifest, tenant: string): Check[] {
    const account = textAt(object, "spec.serviceAccountName");
    const target = textAt(object, "spec.targetNamespace");
    const source = textAt(object, "spec.sourceRef.namespace") ?? tenant;
    return [
        [
            account === "flux",
            "spec.serviceAccountName",
            `acts as ${account}, not as its own account flux`,
            "write serviceAccountName: flux",
        ],
        [
            target === tenant,
            "spec.targetNamespace",
            `applies to ${target}, not to ${tenant}`,
            `write targetNamespace: ${tenant}`,
        ],
        [source === tenant, "spec.sourceRef.namespace", `has a source of ${source}`, "name a source of its own"],
        [
            field(object, "spec.decryption") === undefined,
            "spec.decryption",
            "decrypts, which is for the platform alone",
            "take decryption away",
        ],
        [
            field(object, ["metadata", "labels", shard]) === "tenants",
            "metadata",
            "is reconciled by the platform's controllers, which reach more than a team does",
            `label it ${shard}: tenants`,
        ],
        [
            field(object, ["spec", "commonMetadata", "labels", shard]) === "tenants",
            "spec",
            "does not label what the team commits",
            `write commonMetadata: { labels: { ${shard}: tenants } }`,
        ],
        [field(object, "spec.prune") === true, "spec.prune", "does not prune", "write prune: true"],
        [
            field(object, "spec.timeout") !== undefined,
            "spec.timeout",
            "has no timeout",
            "write how long it may take, such as timeout: 5m",
        ],
    ];
}

type Check = readonly [holds: boolean, path: Path, problem: string, fix: string];

function failed(manifest: Manifest, checks: readonly Check[]): Finding[] {
    return checks.filter(([holds]) => !holds).map(([, path, problem, fix]) => findingAt(manifest, path, problem, fix));
}
