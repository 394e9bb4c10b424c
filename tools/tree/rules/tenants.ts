import type { Finding } from "../finding";
import { field, label, list, mapAt, type Path, textAt } from "../object";
import { findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

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
];

/** Objects of the layer that belong to no tenant: what all of them share. */
const shared = ["ClusterRole tenant", "ValidatingAdmissionPolicy tenant", "ValidatingAdmissionPolicyBinding tenant"];

const prune = "kustomize.toolkit.fluxcd.io/prune";

/** Every tenant is complete, whether an environment lists it or not, and none can reach beyond its own. */
export function tenants(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const layer = cluster.layers.find(({ name }) => name === "tenants");
        const unlisted = cluster.optional.filter((manifest) => manifest.layer === "tenants");
        const manifests = [...(layer?.manifests ?? []), ...unlisted];
        const namespaces = manifests.filter(({ object }) => object.kind === "Namespace");
        const names = namespaces.map(({ object }) => object.metadata.name);
        const astray = manifests
            .filter(({ object }) => object.kind !== "Namespace" && !shared.includes(label(object)))
            .filter(({ object }) => !names.includes(object.metadata.namespace ?? ""))
            .map((manifest) =>
                findingAt(
                    manifest,
                    "metadata.namespace",
                    "is in no tenant's namespace",
                    "move it to a layer of the platform",
                ),
            );
        return [...astray, ...namespaces.flatMap((namespace) => faultsOfTenant(namespace, manifests))];
    });
}

function faultsOfTenant(namespace: Manifest, manifests: readonly Manifest[]): Finding[] {
    const { name } = namespace.object.metadata;
    const own = manifests.filter(({ object }) => object.metadata.namespace === name);
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
            mapAt(namespace.object, "metadata.annotations")[prune] === "disabled",
            ["metadata", "annotations", prune],
            "would be pruned with its volumes",
            `annotate it ${prune}: disabled`,
        ],
    ]);
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
};

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
