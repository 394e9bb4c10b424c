import type { Applied } from "./git-merge";

/**
 * The file at the root of a stack's branch that records what the program wrote there last: the base of the next merge.
 */
export const recordFile = ".landfall.json";

export interface AppliedRecord {
    readonly stack: string;
    readonly files: Readonly<Record<string, Applied>>;
}

/**
 * Reads the record of a branch, which `where` names.
 *
 * @throws Error if it is damaged, as by a merge of two branches that each have one. Without it nobody can tell what
 * somebody else changed on the branch, so nothing may be committed.
 */
export function parseRecord(text: string, where: string): AppliedRecord {
    const record = parsed(text);
    if (!isRecord(record)) {
        const cause = /^(<{7}|={7}|>{7})/m.test(text) ? "holds the conflict of a merge" : "is damaged";
        throw new Error(
            `${where}: ${recordFile} ${cause}; in a clone of the branch, take it back from the last commit of Landfall and push: ` +
                `git checkout "$(git log --format=%H --max-count=1 --grep='Written by pulumi up')" -- ${recordFile}`,
        );
    }
    return record;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function isRecord(value: unknown): value is AppliedRecord {
    const { stack, files } = (value ?? {}) as { stack?: unknown; files?: unknown };
    return (
        typeof stack === "string" &&
        typeof files === "object" &&
        files !== null &&
        Object.values(files).every((file) => typeof (file as Applied | null)?.blob === "string")
    );
}
