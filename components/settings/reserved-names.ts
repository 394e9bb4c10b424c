import { systemPoolName } from "./naming";

/** Labels that AKS writes without a prefix: https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels */
const ownLabels = ["agentpool", "accelerator", "storageprofile", "storagetier"];
const ownPrefix = "kubernetes.azure.com";
/**
 * Where a kubelet may label its own node below kubernetes.io and k8s.io
 * (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction).
 */
const freePrefixes = ["node.kubernetes.io", "kubelet.kubernetes.io"];
const instanceType = "node.kubernetes.io/instance-type";

/** Why a user pool cannot have the name; undefined if it can. */
export function reservedPoolName(name: string): string | undefined {
    return name === systemPoolName
        ? `${name} is the name of the cluster's own pool, landfall:systemPool; choose another`
        : undefined;
}

/** Why nodes cannot have a label of the key; undefined if they can. */
export function reservedLabel(key: string): string | undefined {
    const prefix = prefixOf(key);
    if (ownLabels.includes(key) || isBelow(prefix, ownPrefix) || key === instanceType) {
        return `${key} is a label that AKS sets itself; choose another key`;
    }
    const kubernetes = isBelow(prefix, "kubernetes.io") || isBelow(prefix, "k8s.io");
    return kubernetes && !freePrefixes.some((free) => isBelow(prefix, free))
        ? `${key} is a label that nodes may not have: below kubernetes.io and k8s.io AKS takes only ` +
              `${freePrefixes.map((free) => `${free}/…`).join(" and ")}; choose another key`
        : undefined;
}

/** Why nodes cannot have a taint; undefined if they can. */
export function reservedTaint(taint: string): string | undefined {
    const key = taint.split(/[=:]/)[0] ?? "";
    return isBelow(prefixOf(key), ownPrefix)
        ? `${taint}: taints of ${ownPrefix} are AKS's own (for spot machines, set spot: true); choose another key`
        : undefined;
}

/** What stands before the slash of a key; empty if there is none. */
function prefixOf(key: string): string {
    return key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
}

function isBelow(prefix: string, domain: string): boolean {
    return prefix === domain || prefix.endsWith(`.${domain}`);
}
