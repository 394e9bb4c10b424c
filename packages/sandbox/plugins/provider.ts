/** Plain values as a provider sees them: secrets are unwrapped, unknowns are the symbol `unknown`. */
export type Properties = Record<string, unknown>;

/** Stands in a preview for a value that is known only after an update. */
export const unknown: unique symbol = Symbol.for("landfall.unknown") as never;

export interface CheckFailure {
    readonly property: string;
    readonly reason: string;
}

export interface CheckedInputs {
    readonly inputs: Properties;
    readonly failures?: CheckFailure[];
}

export interface Difference {
    /** Paths (`a.b[0].c`) whose change is an update in place. */
    readonly updates: readonly string[];
    /** Paths whose change needs a new resource. */
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace?: boolean;
}

export interface ResourceState {
    readonly id: string;
    readonly outputs: Properties;
    /** Names of outputs that the engine must keep encrypted, beside those that came from secret inputs of that name. */
    readonly secrets?: readonly string[];
}

/** What a provider plugin of the sandbox implements; the gRPC around it is in `serve.ts`. */
export interface Provider {
    readonly name: string;
    readonly version: string;
    /**
     * Called once per provider instance with its configuration, before anything else. Values that the SDK had encoded
     * as JSON (objects, lists, `true` and `false`) arrive decoded.
     */
    configure(config: Properties): Promise<void>;
    /** How a change of the provider's own configuration is treated; by default every change is an update in place. */
    diffConfig?(olds: Properties, news: Properties): Difference;
    check(type: string, name: string, olds: Properties | undefined, news: Properties): Promise<CheckedInputs>;
    /** `olds` are the inputs last applied. */
    diff(type: string, id: string, olds: Properties, news: Properties): Promise<Difference>;
    /**
     * The outputs that a preview shows after a create or an update; `unknown` where only the update will tell. By
     * default the inputs. Every other top-level property is unknown anyway, but a property within an object that is
     * also an input (`identity.principalId`) is not: it has to be put there.
     */
    preview?(type: string, inputs: Properties): Properties;
    /**
     * Never called in a preview. `timeoutSeconds` is 0 when the program set none.
     *
     * @throws InitializationError when the resource exists but did not become ready.
     */
    create(type: string, name: string, inputs: Properties, timeoutSeconds: number): Promise<ResourceState>;
    /** Never called in a preview. `olds` are the inputs last applied. @throws as `create` does. */
    update(
        type: string,
        id: string,
        olds: Properties,
        news: Properties,
        timeoutSeconds: number,
    ): Promise<ResourceState>;
    delete(type: string, id: string, inputs: Properties, outputs: Properties, timeoutSeconds: number): Promise<void>;
    /**
     * The state as it is now with inputs that describe it, or undefined when the resource is gone. With no inputs
     * given, it is an import. `outputs` are the last recorded.
     */
    read(
        type: string,
        id: string,
        inputs: Properties | undefined,
        outputs: Properties,
    ): Promise<(ResourceState & { readonly inputs: Properties }) | undefined>;
    invoke(token: string, args: Properties): Promise<Properties>;
    /** The user asked to stop: end what is being waited for, with an error. */
    cancel?(): void;
}
