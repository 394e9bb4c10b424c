import { parse } from "yaml";
import { nearest } from "../../components/settings/nearest";
import { field, textAt } from "./object";
import { TreeError } from "./tree-error";
import { serviceMeshes } from "./variables";

/** What of a stack file decides what its cluster runs. */
export interface StackChoice {
    readonly environment: string;
    readonly mesh: string;
}

/** What the text of `Pulumi.<stack>.yaml` chooses, with the program's defaults where it is silent or not there. */
export function choiceOf(stack: string, text: string | undefined): StackChoice {
    const config = field(parse(text ?? ""), "config");
    const [mesh = ""] = serviceMeshes;
    return {
        environment: textAt(config, ["landfall:environment"]) ?? stack,
        mesh: textAt(config, ["landfall:serviceMesh"]) ?? mesh,
    };
}

/**
 * The stack of this name among those that have a file.
 *
 * @throws TreeError naming those that there are.
 */
export function knownStack(stacks: readonly string[], stack: string): string {
    if (!stacks.includes(stack)) {
        const near = nearest(stack, stacks);
        const advice = near === undefined ? `stacks are ${stacks.join(", ")}` : `did you mean ${near}?`;
        throw new TreeError(`--stack ${stack}: there is no Pulumi.${stack}.yaml; ${advice}`);
    }
    return stack;
}
