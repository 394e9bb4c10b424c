import * as pulumi from "@pulumi/pulumi";
import { type Export, nameOf, presentState, type StateResource, typeOf } from "./stack-state";

/** What an update had begun to make when it was killed: the state does not say whether it was made. */
export interface InterruptedCreate {
    readonly type: string;
    readonly name: string;
    /** As the update gave them, with the names that the provider made. */
    readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * What killed updates of the present stack had begun to make and its state does not have. The engine writes down what
 * it is about to make before it asks for it, and keeps that until a refresh. None, and it says why, if the `pulumi` on
 * the PATH does not show the state.
 */
export async function interruptedCreates(): Promise<InterruptedCreate[]> {
    try {
        return createsIn(await presentState());
    } catch (error) {
        void pulumi.log.info(`not known whether an update was interrupted: ${(error as Error).message}`);
        return [];
    }
}

/** The newest first: each time that the engine was killed there, it wrote one down. */
export function createsIn({
    deployment = {},
}: Partial<Export<Pick<StateResource, "urn" | "inputs">>>): InterruptedCreate[] {
    const { resources = [], pending_operations: pending = [] } = deployment;
    const known = new Set(resources.map(({ urn }) => urn));
    return pending
        .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
        .map(({ resource }) => ({ type: typeOf(resource), name: nameOf(resource), inputs: resource.inputs ?? {} }))
        .reverse();
}
