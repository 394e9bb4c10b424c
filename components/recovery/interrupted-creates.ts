import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** What an update had begun to make when it was killed: the state does not say whether it was made. */
export interface InterruptedCreate {
    readonly type: string;
    readonly name: string;
    /** As the update gave them, with the names that the provider made. */
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** Of a stack's state, as `pulumi stack export` prints it. */
interface Export {
    readonly deployment?: {
        readonly resources?: readonly { readonly urn: string }[];
        readonly pending_operations?: readonly {
            readonly type: string;
            readonly resource: { readonly urn: string; readonly inputs?: Readonly<Record<string, unknown>> };
        }[];
    };
}

/**
 * What killed updates of the present stack had begun to make and its state does not have. The engine writes down what
 * it is about to make before it asks for it, and keeps that until a refresh. None, and it says why, if the `pulumi` on
 * the PATH does not show the state.
 */
export async function interruptedCreates(): Promise<InterruptedCreate[]> {
    const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    try {
        const { stdout } = await promisify(execFile)(
            "pulumi",
            ["stack", "export", "--non-interactive", "--stack", stack],
            { maxBuffer: 256 * 1024 * 1024 },
        );
        return createsIn(JSON.parse(stdout) as Export);
    } catch (error) {
        void pulumi.log.info(`not known whether an update was interrupted: ${(error as Error).message}`);
        return [];
    }
}

/** The newest first: each time that the engine was killed there, it wrote one down. */
export function createsIn({ deployment = {} }: Export): InterruptedCreate[] {
    const { resources = [], pending_operations: pending = [] } = deployment;
    const known = new Set(resources.map(({ urn }) => urn));
    return pending
        .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
        .map(({ resource: { urn, inputs = {} } }) => ({ ...named(urn), inputs }))
        .reverse();
}

/** `urn:pulumi:stack::project::parent$type::name`. */
function named(urn: string): { type: string; name: string } {
    const [, , types = "", ...name] = urn.split("::");
    return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}
