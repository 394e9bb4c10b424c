/** Something in the tree that is wrong. */
export interface Finding {
    /** Path of the file from the root of the tree. */
    readonly file: string;
    /** Line in it, from 1. */
    readonly line: number;
    /** What is wrong, as a sentence without its full stop. */
    readonly problem: string;
    /** What puts it right. */
    readonly fix: string;
}

/** A finding with the name of the rule that made it. */
export interface NamedFinding extends Finding {
    readonly rule: string;
}

/** Two lines for a person; the first begins with a place that terminals and editors open. */
export function describeFinding({ file, line, problem, fix, rule }: NamedFinding): string {
    return `gitops/${file}:${line}: ${problem} [${rule}]\n    ${fix}`;
}

/** The findings without those that were made before, which happens as environments share files. */
export function distinct<Kind extends Finding>(findings: readonly Kind[]): Kind[] {
    const known = new Map(
        findings.map((finding) => [`${finding.file}:${finding.line}: ${finding.problem}; ${finding.fix}`, finding]),
    );
    return [...known.values()];
}
