/** A resource as the stack's state has it. */
export interface StackResource {
    readonly urn: string;
    readonly id: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}
