import { visit, type YAMLMap } from "yaml";
import type { ManifestTree } from "../fleet/manifest-tree";
import { documentsIn, manifestsIn } from "../fleet/manifests";
import { secretVariableNames, secretVariableProblems } from "./secret-vars";

/**
 * What the program tells the tree about the cloud, through the ConfigMap `cluster-vars` that every layer substitutes
 * from. This type is the contract: a variable that the tree uses and that is not here, or the other way round, stops a
 * preview.
 */
export interface ClusterVars<Value> {
    /** Name of the AKS cluster. */
    readonly cluster_name: Value;
    /** Whose the records in the zone are, as external-dns writes it beside them: the stack's, not the cluster's. */
    readonly dns_owner: Value;
    /** `true` in a cluster that stands by while another one of the stack is active: it makes no backups. */
    readonly standby: Value;
    /** `no-dry-run`, or `dry-run` in a cluster that stands by: it writes no records. */
    readonly external_dns_mode: Value;
    /** `staging` or `production`: the folder of `gitops/clusters` that this cluster runs. */
    readonly environment: Value;
    /** DNS name below which the environment's hosts are. */
    readonly domain: Value;
    /** Entra tenant of the identities. */
    readonly tenant_id: Value;
    /** Subscription that everything is in. */
    readonly subscription_id: Value;
    /** Resource group of what outlives the cluster: DNS zone, vault, registry, storage. */
    readonly resource_group: Value;
    /** Name of the Key Vault. */
    readonly key_vault_name: Value;
    /** Address of the Key Vault, such as `https://example.vault.azure.net/`. */
    readonly key_vault_url: Value;
    /** Login server of the container registry, such as `example.azurecr.io`. */
    readonly registry: Value;
    /** Storage account of backups and logs. */
    readonly storage_account: Value;
    /** Its container for Velero. */
    readonly backup_container: Value;
    /** Its container for PostgreSQL's backups. */
    readonly database_container: Value;
    /**
     * What tells the time for which a cluster has the database from every other: backups are kept below it. It begins
     * with what tells the cluster from one that is made later under the same name.
     */
    readonly cluster_generation: Value;
    /**
     * `initdb`, `recovery` or, where there is no database, `standby`: the folder of
     * `gitops/systems/postgresql/bootstrap` that the database begins with.
     */
    readonly database_bootstrap: Value;
    /** The folder of `database_container` that the database comes back from; `none` for a new one. */
    readonly database_source: Value;
    /** How far the database comes back: CloudNativePG's `recoveryTarget`, as YAML in one line. */
    readonly database_recovery_target: Value;
    /** Its container for Loki. */
    readonly log_container: Value;
    /** `istio` or `linkerd`: the folder of `gitops/mesh` that this cluster runs. */
    readonly service_mesh: Value;
    /** Address of the fleet repository, such as `https://github.com/example/fleet`. */
    readonly fleet_url: Value;
    /** The stack's branch of it. */
    readonly fleet_branch: Value;
    /** `false` where Flux may commit new image versions to that branch. */
    readonly image_automation_suspended: Value;
    /** Client id of the identity that cert-manager answers DNS-01 challenges with. */
    readonly cert_manager_client_id: Value;
    /** Client id of the identity that the examples read a secret of the Key Vault with. */
    readonly examples_client_id: Value;
    /** Client id of the identity that external-dns writes records with. */
    readonly external_dns_client_id: Value;
    /** Client id of the identity that External Secrets reads the Key Vault with. */
    readonly external_secrets_client_id: Value;
    /** Client id of the identity that Loki keeps logs with. */
    readonly loki_client_id: Value;
    /** Client id of the identity that PostgreSQL writes backups with. */
    readonly postgresql_client_id: Value;
    /** Client id of the identity that Velero writes backups with. */
    readonly velero_client_id: Value;
}

const produced: { readonly [name in keyof ClusterVars<unknown>]: true } = {
    cluster_name: true,
    dns_owner: true,
    standby: true,
    external_dns_mode: true,
    environment: true,
    domain: true,
    tenant_id: true,
    subscription_id: true,
    resource_group: true,
    key_vault_name: true,
    key_vault_url: true,
    registry: true,
    storage_account: true,
    backup_container: true,
    database_container: true,
    cluster_generation: true,
    database_bootstrap: true,
    database_source: true,
    database_recovery_target: true,
    log_container: true,
    service_mesh: true,
    fleet_url: true,
    fleet_branch: true,
    image_automation_suspended: true,
    cert_manager_client_id: true,
    examples_client_id: true,
    external_dns_client_id: true,
    external_secrets_client_id: true,
    loki_client_id: true,
    postgresql_client_id: true,
    velero_client_id: true,
};

// Flux substitutes ${name} and ${name:=default} where name is an identifier; $${name} is its escape.
// https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
const reference = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}/g;

/**
 * The variables that the tree uses, each with the place of its first use as `gitops/<file>:<line>`. Those of comments
 * and of objects that switch substitution off are Flux's no more than a chart's.
 */
export function variablesUsed(tree: ManifestTree): Map<string, string> {
    const used = new Map<string, string>();
    for (const file of manifestsIn(Object.keys(tree))) {
        const text = tree[file] ?? "";
        // Most files have none, and following each as YAML takes its time.
        for (const { name, offset } of text.includes("${") ? referencesIn(text) : []) {
            if (!used.has(name)) {
                used.set(name, `gitops/${file}:${text.slice(0, offset).split("\n").length}`);
            }
        }
    }
    return used;
}

/** References in the keys and values of a text, which may be blocks of several lines. */
function referencesIn(text: string): { name: string; offset: number }[] {
    const found: { name: string; offset: number }[] = [];
    for (const document of documentsIn(text)) {
        visit(document, {
            Map: (_key, node) => (isSubstitutionOff(node) ? visit.SKIP : undefined),
            Scalar: (_key, node) => {
                const [start = 0, end = start] = node.range ?? [];
                for (const { 1: name = "", index } of text.slice(start, end).matchAll(reference)) {
                    found.push({ name, offset: start + index });
                }
            },
        });
    }
    return found;
}

/** Flux leaves an object alone that says so in a label or an annotation; so it does what a generator gives these to. */
function isSubstitutionOff(node: YAMLMap): boolean {
    return ["metadata", "options", "generatorOptions"].some((part) =>
        ["labels", "annotations"].some(
            (kind) => node.getIn([part, kind, "kustomize.toolkit.fluxcd.io/substitute"]) === "disabled",
        ),
    );
}

/** Where program and tree disagree about the variables, those of the environments' Secret among them. */
export function contractProblems(tree: ManifestTree, names: readonly string[] = Object.keys(produced)): string[] {
    const used = variablesUsed(tree);
    const secret = secretVariableNames(tree);
    const missing = [...used]
        .filter(([name]) => !names.includes(name) && !secret.has(name))
        .map(
            ([name, place]) =>
                `${place}: \${${name}} is not produced by the program; add it to ClusterVars in components/gitops/flux/cluster-vars.ts, or write $\${${name}} if Flux is to leave it alone, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled`,
        );
    const unused = names
        .filter((name) => !used.has(name))
        .map((name) => `ClusterVars.${name}: nothing in gitops/ uses \${${name}}; remove it, or use it`);
    return [...missing, ...unused, ...secretVariableProblems(tree, used, names)];
}
