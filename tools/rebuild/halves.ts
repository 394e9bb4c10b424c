import { kindOf, type StateResource } from "../../components/recovery/stack-state";

/** The names of a stack's two resource groups. */
export interface Groups {
    readonly durableGroup: string;
    readonly clusterGroup: string;
}

/** What of a stack a rebuild leaves alone, and what it replaces: resources with something behind them. */
export interface Halves {
    readonly survives: readonly StateResource[];
    readonly replaced: readonly StateResource[];
    /** What is replaced and must not be. */
    readonly conflicts: readonly StateResource[];
}

/** Of what is in the durable group, the trust in one cluster's tokens goes with the cluster. */
const goesWithCluster = new Set(["FederatedIdentityCredential", "RoleAssignment"]);

/**
 * Replaced is what is in the cluster's resource group, and whatever the engine deletes with it: what depends on it, is
 * made by a provider that does, or is deleted with one of them.
 */
export function halvesOf(resources: readonly StateResource[], { durableGroup, clusterGroup }: Groups): Halves {
    const replaced = new Set(resources.filter((resource) => isIn(clusterGroup, resource)).map(({ urn }) => urn));
    for (let size = -1; size !== replaced.size;) {
        size = replaced.size;
        resources
            .filter((resource) => needsOf(resource).some((urn) => replaced.has(urn)))
            .forEach(({ urn }) => replaced.add(urn));
    }
    const real = resources.filter(({ custom }) => custom === true);
    const isProvider = ({ type }: StateResource) => type.startsWith("pulumi:providers:");
    const mustStay = (resource: StateResource) =>
        resource.protect === true || (isIn(durableGroup, resource) && !goesWithCluster.has(kindOf(resource)));
    return {
        survives: real.filter((resource) => !replaced.has(resource.urn) && !isProvider(resource)),
        replaced: real.filter(({ urn }) => replaced.has(urn)),
        conflicts: real.filter((resource) => replaced.has(resource.urn) && mustStay(resource)),
    };
}

/** Azure's ids spell a group as whoever asked did. */
function isIn(group: string, { custom, id = "" }: StateResource): boolean {
    return custom === true && `${id}/`.toLowerCase().includes(`/resourcegroups/${group.toLowerCase()}/`);
}

/** What a resource cannot be without. A component is no reason: it is there as long as anything is in it. */
function needsOf(resource: StateResource): string[] {
    const { dependencies = [], propertyDependencies = {}, deletedWith, provider } = resource;
    return [
        ...dependencies,
        ...Object.values(propertyDependencies).flatMap((urns) => urns ?? []),
        ...(deletedWith ? [deletedWith] : []),
        // A reference to a provider is its URN and its id.
        ...(provider ? [provider.slice(0, provider.lastIndexOf("::"))] : []),
    ];
}
