import { isKnown, type Part, type Problem } from "../status";

/** What to type, which differs between Azure and the sandbox. */
export interface Commands {
    /** `kubectl`, with whatever has to stand before it. */
    readonly kubectl: string;
    /** The update of the stack. */
    readonly up: string;
    /** What finds out why nothing answers. */
    readonly examine: string;
}

/** A part of the status, and what is wrong with it. */
export interface Section<T> {
    readonly part: Part<T>;
    readonly problems: readonly Problem[];
}

/** The section of a part that is known; one that is not has no problems either. */
export function section<Read, T>(
    read: Part<Read>,
    make: (read: Read) => { readonly part: Part<T>; readonly problems?: readonly Problem[] },
): Section<T> {
    if (!isKnown(read)) {
        return { part: read, problems: [] };
    }
    return { problems: [], ...make(read) };
}

/** A message of several lines in one. */
export function oneLine(message: string): string {
    return message.replace(/\s+/g, " ").trim();
}
