import { createHash } from "node:crypto";

/** What names are made from; together they tell one deployment from every other in Azure. */
export interface NamingScope {
    readonly project: string;
    readonly stack: string;
    readonly subscriptionId: string;
}

/** Names that a stack file may set instead of the computed ones. */
export interface NameOverrides {
    readonly registryName?: string | undefined;
    readonly keyVaultName?: string | undefined;
    readonly storageAccountName?: string | undefined;
}

/** The names in Azure of one cluster and of what a rebuild replaces with it. */
export interface ClusterNames {
    /** Resource group of what a rebuild replaces: network and cluster. */
    readonly clusterGroup: string;
    /** Resource group that AKS makes, and owns, for the nodes. */
    readonly nodeGroup: string;
    readonly network: string;
    readonly cluster: string;
    readonly dnsPrefix: string;
}

/** The name in Azure of everything that has a fixed one; of the clusters, those of the first. */
export interface PhysicalNames extends ClusterNames {
    /** Resource group of what outlives a cluster: vault, registry, backups, DNS zone, identities. */
    readonly durableGroup: string;
    readonly registry: string;
    readonly keyVault: string;
    readonly storageAccount: string;
    /** The name of the user-assigned identity for a role, such as `control-plane` or `velero`. */
    readonly identity: (role: string) => string;
    /** The names of one of the stack's clusters. */
    readonly ofCluster: (cluster: string) => ClusterNames;
}

/** The cluster that a stack has unless it says otherwise. What belongs to it has the stack's names, without its own. */
export const firstCluster = "blue";

/** The logical name of what belongs to a cluster. */
export function nameFor(cluster: string, name: string): string {
    return cluster === firstCluster ? name : `${name}-${cluster}`;
}

/**
 * The names of a stack. They follow from the scope alone, so that a rebuild finds what it left; those that all of Azure
 * shares end in a hash of the whole scope, so that neither another stack nor another subscription wants the same.
 * Limits: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export function physicalNames(scope: NamingScope, overrides: NameOverrides = {}): PhysicalNames {
    const base = uniqueSlug(`${scope.project}-${scope.stack}`, 50);
    // A slug has no colon, so that a stack named staging-green and cluster green of staging have names of their own.
    const ofCluster = (cluster: string) =>
        clusterNames(cluster === firstCluster ? base : uniqueSlug(`${base}:${cluster}`, 50));
    return {
        ...ofCluster(firstCluster),
        ofCluster,
        durableGroup: `${base}-durable`,
        registry: overrides.registryName ?? globalName(scope, { length: 50, separator: "" }),
        keyVault: overrides.keyVaultName ?? globalName(scope, { length: 24, separator: "-" }),
        storageAccount: overrides.storageAccountName ?? globalName(scope, { length: 24, separator: "" }),
        identity: (role) => uniqueSlug(`${base}-${role}`, 128),
    };
}

function clusterNames(base: string): ClusterNames {
    return {
        clusterGroup: `${base}-cluster`,
        nodeGroup: `${base}-nodes`,
        network: base,
        cluster: base,
        dnsPrefix: base,
    };
}

/** The AKS pool that belongs to the cluster itself. */
export const systemPoolName = "system";

/** The AKS pool of a node pool in one zone; a pool without zones keeps its name. At most 12 characters. */
export function agentPoolName(pool: string, zone?: string): string {
    return pool + (zone ?? "");
}

/**
 * The name of the federated credential for a token's subject, of 3 to 120 letters, digits, hyphens and underscores:
 * `system:serviceaccount:velero:velero` gives `velero-velero-<hash>`.
 */
export function federatedCredentialName(subject: string): string {
    const readable = slug(subject.replace(/^system:serviceaccount:/, ""));
    return joined(readable, shortHash([subject]), 120, "-");
}

function globalName(scope: NamingScope, limit: { readonly length: number; readonly separator: string }): string {
    const parts = [scope.project, scope.stack].map(slug).join("-").replaceAll("-", limit.separator);
    const hash = shortHash([scope.subscriptionId.toLowerCase(), scope.project, scope.stack]);
    return joined(/^[a-z]/.test(parts) ? parts : `x${parts}`, hash, limit.length, limit.separator);
}

/** The text if it is a slug already, else the slug nearest to it with a hash, so that two texts never share a name. */
function uniqueSlug(text: string, length: number): string {
    const readable = slug(text);
    return readable === text && text.length <= length ? text : joined(readable, shortHash([text]), length, "-");
}

function slug(text: string): string {
    return text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}

function joined(readable: string, hash: string, length: number, separator: string): string {
    const room = length - hash.length - separator.length;
    const head = readable.slice(0, room).replace(/-$/, "");
    return head ? head + separator + hash : hash;
}

const hashLength = 8;

/** Eight lower-case letters and digits, 41 bits of a SHA-256. */
function shortHash(parts: readonly string[]): string {
    const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    return BigInt(`0x${digest}`).toString(36).slice(-hashLength);
}
