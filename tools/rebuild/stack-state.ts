/** A resource as a stack's state has it: what decides in which half it is, and how old it is. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly id?: string;
    readonly parent?: string;
    readonly provider?: string;
    readonly protect?: boolean;
    readonly deletedWith?: string;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
    /** When it was made, as the engine wrote it down; missing for what was imported. */
    readonly created?: string;
}

/** What `pulumi stack export` writes, as far as it is read here. */
export interface Export {
    readonly version: number;
    readonly deployment: {
        readonly resources?: readonly StateResource[];
        /** What the engine had begun when it was killed. */
        readonly pending_operations?: readonly { readonly resource: StateResource; readonly type: string }[];
    };
}

/** A resource's name in the program. */
export function nameOf({ urn }: Pick<StateResource, "urn">): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The end of a resource's type, such as `ManagedCluster`. */
export function kindOf({ type }: Pick<StateResource, "type">): string {
    return type.slice(type.lastIndexOf(":") + 1);
}
