import type { Stage } from "./stage";

/** A command of the documentation: what is typed, and its arguments. */
export type Fix =
    | { readonly tool: "rebuild" }
    | { readonly tool: "pulumi"; readonly args: readonly string[] }
    /** A commit on the stack's branch of the fleet repository. */
    | { readonly tool: "git"; readonly args: readonly string[] }
    /** The disaster is refused, and there is nothing to repair. */
    | { readonly tool: "none" };

/** Something that goes wrong with a platform, and the one command after which it is whole again. */
export interface Disaster {
    /** For the command line. */
    readonly name: string;
    /** What happened, as the documentation says it. */
    readonly title: string;
    readonly fix: Fix;
    /** What is lost for good, for the documentation. */
    readonly lost: string;
    /** The marks that do not come back; see `Marks`. @default - all do */
    readonly losesMarks?: readonly string[];
    /** Makes it happen. @throws Error if it does not. */
    readonly strike: (stage: Stage) => Promise<void>;
}
