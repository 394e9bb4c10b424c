import { contractProblems } from "../../../components/gitops/flux/cluster-vars";
import type { Finding } from "../finding";
import type { Tree } from "../tree";

const contract = "../components/gitops/flux/cluster-vars.ts";

/** The tree uses the variables that the program provides, no others, and each of them. */
export function variables({ sources }: Tree): readonly Finding[] {
    return contractProblems(sources.tree()).map((text) => {
        const [, file, line, problem = text, fix = ""] = /^(?:gitops\/(.*?):(\d+): )?(.*?); (.*)$/.exec(text) ?? [];
        return { file: file ?? contract, line: Number(line ?? 1), problem, fix };
    });
}
