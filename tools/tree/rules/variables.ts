import { isManifest } from "../../../components/gitops/fleet/manifest-tree";
import { contractProblems } from "../../../components/gitops/flux/cluster-vars";
import type { Finding } from "../finding";
import type { Tree } from "../tree";

const contract = "../components/gitops/flux/cluster-vars.ts";

/** The tree uses the variables that the program provides, no others, and each of them. */
export function variables({ sources }: Tree): readonly Finding[] {
    const manifests = sources.files.filter(isManifest).map((file) => [file, sources.text(file)]);
    return contractProblems(Object.fromEntries(manifests) as Record<string, string>).map((text) => {
        const [, file, line, problem = text, fix = ""] = /^(?:gitops\/(.*?):(\d+): )?(.*?); (.*)$/.exec(text) ?? [];
        return { file: file ?? contract, line: Number(line ?? 1), problem, fix };
    });
}
