import { isManifest, type ManifestTree } from "./manifest-tree";

/**
 * What the program tells the tree about the cloud, through the ConfigMap `cluster-vars` that every layer substitutes
 * from. This type is the contract: a variable that the tree uses and that is not here, or the other way round, stops a
 * preview.
 */
export interface ClusterVars<Value> {
    /** Name of the AKS cluster. */
    readonly cluster_name: Value;
    /** `staging` or `production`: the folder of `gitops/clusters` that this cluster runs. */
    readonly environment: Value;
    /** DNS name below which the environment's hosts are. */
    readonly domain: Value;
    /** Client id of the identity that cert-manager answers DNS-01 challenges with. */
    readonly cert_manager_client_id: Value;
    /** Client id of the identity that external-dns writes records with. */
    readonly external_dns_client_id: Value;
    /** Client id of the identity that Velero writes backups with. */
    readonly velero_client_id: Value;
}

const produced: { readonly [name in keyof ClusterVars<unknown>]: true } = {
    cluster_name: true,
    environment: true,
    domain: true,
    cert_manager_client_id: true,
    external_dns_client_id: true,
    velero_client_id: true,
};

// Flux substitutes ${name} and ${name:=default} where name is an identifier; $${name} is its escape.
// https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
const reference = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}/g;

/** The variables that the tree uses, each with the place of its first use as `gitops/<file>:<line>`. */
export function variablesUsed(tree: ManifestTree): Map<string, string> {
    const used = new Map<string, string>();
    for (const file of Object.keys(tree).filter(isManifest)) {
        (tree[file] ?? "").split("\n").forEach((line, index) => {
            if (line.trimStart().startsWith("#")) {
                return;
            }
            for (const [, name] of line.matchAll(reference)) {
                if (name && !used.has(name)) {
                    used.set(name, `gitops/${file}:${index + 1}`);
                }
            }
        });
    }
    return used;
}

/** Where program and tree disagree about the variables. */
export function contractProblems(tree: ManifestTree, names: readonly string[] = Object.keys(produced)): string[] {
    const used = variablesUsed(tree);
    const missing = [...used]
        .filter(([name]) => !names.includes(name))
        .map(
            ([name, place]) =>
                `${place}: \${${name}} is not produced by the program; add it to ClusterVars in components/gitops/cluster-vars.ts, or write $\${${name}} if Flux is to leave it alone`,
        );
    const unused = names
        .filter((name) => !used.has(name))
        .map((name) => `ClusterVars.${name}: nothing in gitops/ uses \${${name}}; remove it, or use it`);
    return [...missing, ...unused];
}
