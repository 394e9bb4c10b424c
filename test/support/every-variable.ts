import type { ManifestTree } from "../../components/gitops/fleet/manifest-tree";
import { contractProblems } from "../../components/gitops/flux/cluster-vars";

/** A tree that uses every variable that the program produces, and nothing else. */
export const everyVariable: ManifestTree = {
    "variables.yaml": contractProblems({})
        .map((problem) => /\$\{\w+\}/.exec(problem)?.[0] ?? "")
        .map((reference, index) => `v${index}: ${reference}\n`)
        .join(""),
};
