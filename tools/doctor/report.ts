import type { Finding } from "../../components/preflight/finding";

/** A line for each check, those of its problems below it, and what to do about all of it at the end. */
export function report(stack: string, findings: readonly Finding[]): string {
    const problems = findings.flatMap((finding) => finding.problems).length;
    const unknown = findings.filter((finding) => finding.unknown !== undefined).length;
    const open = unknown === 0 ? "" : " What is not known, an update finds out.";
    const end =
        problems === 0
            ? `Nothing that is known stands in the way of stack ${stack}.${open}`
            : `${problems === 1 ? "One problem" : `${problems} problems`}, and nothing was changed.${open}`;
    return [...findings.flatMap(linesOf), "", end].join("\n");
}

function linesOf({ title, problems, warnings, unknown }: Finding): string[] {
    const state =
        problems.length > 0 ? "problem" : unknown !== undefined ? "not known" : warnings.length > 0 ? "warning" : "ok";
    const details = [...problems, ...warnings, ...(unknown === undefined ? [] : [unknown])];
    return [`${state.padEnd(10)} ${title}`, ...details.map((line) => `${" ".repeat(13)}${line}`)];
}
