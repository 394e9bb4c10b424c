import { readTreeFolder } from "../../../components/gitops/fleet/tree-folder";
import { leftOutByFlux, leftOutFix, leftOutProblem } from "../../../components/gitops/flux/left-out";
import type { Finding } from "../finding";
import type { Tree } from "../tree";

/** The branch can hold every file as it lies there, and Flux fetches what is named. */
export function files({ sources }: Tree): readonly Finding[] {
    const leftOut = leftOutByFlux(sources.tree());
    return [
        ...readTreeFolder(sources.root).problems.map((problem) => ({ ...problem, line: 1 })),
        ...leftOut.map(({ file, line, named }) => ({ file, line, problem: leftOutProblem(named), fix: leftOutFix })),
    ];
}
