/** What a policy assignment of the subscription denies. */
export interface PolicyAssignment {
    readonly id: string;
    /** Field of the resource that it looks at, such as `location` or `tags.owner`. */
    readonly field: string;
    /** Whether a value of the field is denied, which is undefined where the resource has none. */
    readonly denies: (value: unknown) => boolean;
}

/** What makes one subscription differ from another. */
export interface SubscriptionTraits {
    /** Namespaces that nobody has registered, in lower case. */
    readonly unregistered: Set<string>;
    /** vCPUs by name of the quota, where it is not the usual one. */
    readonly vcpuLimits: Map<string, number>;
    /** Sizes that the subscription may not use, in lower case, with the reason that Azure gives. */
    readonly restrictedSizes: Map<string, string>;
    readonly policies: PolicyAssignment[];
}

export function usualTraits(): SubscriptionTraits {
    return { unregistered: new Set(), vcpuLimits: new Map(), restrictedSizes: new Map(), policies: [] };
}
