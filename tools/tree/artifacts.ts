import { list, textAt } from "./object";
import type { Layer } from "./tree";

/** The alias of the fleet repository in a layer's ArtifactGenerator. */
const alias = "@tree/";

/** A line of a generator that copies files of the tree to the same place in a layer's artifact. */
export interface Copy {
    /** Its index in the list. */
    readonly index: number;
    /** As it is written. */
    readonly from: string;
    /** What is wrong with the line itself. */
    readonly problem: string | undefined;
    /** Whether it copies a file, by the path from the root of the tree. */
    readonly takes: (file: string) => boolean;
}

export const copyPath = ["spec", "artifacts", 0, "copy"] as const;

/** The copies of a layer. A layer has one artifact. */
export function copiesOf({ generator }: Layer): readonly Copy[] {
    return generator === undefined ? [] : list(generator.object, copyPath).map(copyOf);
}

/** The line that copies a folder with all that is in it. */
export function copyLine(folder: string): string {
    return `- { from: "${alias}${folder}/*", to: "@artifact/" }`;
}

/**
 * A pattern with a wildcard keeps the path of what it matches, and of a folder copies all that is in it. One without
 * strips the path, and one that ends with `**` strips what is before it, so neither is in use here.
 *
 * @see https://github.com/fluxcd/source-watcher/blob/main/docs/spec/v1beta1/artifactgenerators.md#copy-operations
 */
function copyOf(copy: unknown, index: number): Copy {
    const [from, to] = [textAt(copy, "from") ?? "", textAt(copy, "to") ?? ""];
    const pattern = from.startsWith(alias) ? from.slice(alias.length) : "";
    const isGlob = /[*?[]/.test(pattern) && !pattern.includes("**");
    const problem =
        pattern === "" || to !== "@artifact/"
            ? `copies ${from} to ${to}, and not to the same place`
            : isGlob
              ? undefined
              : `copies ${from}, which loses its path: only a pattern with * or ? keeps it, ** does not`;
    const segments = pattern.split("/").map((segment) => new RegExp(`^${expressionOf(segment)}$`));
    return {
        index,
        from,
        problem,
        takes: (file) => {
            const parts = file.split("/");
            return (
                isGlob &&
                parts.length >= segments.length &&
                segments.every((segment, position) => segment.test(parts[position] ?? ""))
            );
        },
    };
}

/** A segment of Go's path.Match as a regular expression. */
function expressionOf(segment: string): string {
    return segment
        .replace(/[.+^${}()|\\]/g, "\\$&")
        .replace(/\*/g, "[^/]*")
        .replace(/\?/g, "[^/]");
}
