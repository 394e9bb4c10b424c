import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** A resource as a stack's state has it: what decides in which half it is, and how old it is. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly id?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
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
export interface Export<Resource = StateResource> {
    readonly version: number;
    readonly deployment: {
        readonly resources?: readonly Resource[];
        /** What the engine had begun when it was killed. */
        readonly pending_operations?: readonly { readonly resource: Resource; readonly type: string }[];
    };
}

/** The state of the stack that the program runs for. @throws Error if the `pulumi` on the PATH does not show it. */
export async function presentState(): Promise<Export> {
    const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const { stdout } = await promisify(execFile)("pulumi", ["stack", "export", "--non-interactive", "--stack", stack], {
        maxBuffer: 256 * 1024 * 1024,
    });
    return JSON.parse(stdout) as Export;
}

/** A resource's name in the program. */
export function nameOf({ urn }: Pick<StateResource, "urn">): string {
    return urn.split("::").slice(3).join("::");
}

/** `urn:pulumi:stack::project::parent$type::name` is of type `type`. */
export function typeOf({ urn }: Pick<StateResource, "urn">): string {
    const types = urn.split("::")[2] ?? "";
    return types.slice(types.lastIndexOf("$") + 1);
}

/** The end of a resource's type, such as `ManagedCluster`. */
export function kindOf({ type }: Pick<StateResource, "type">): string {
    return type.slice(type.lastIndexOf(":") + 1);
}
