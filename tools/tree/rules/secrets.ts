import { checkTree } from "../../secret/check";
import type { Finding } from "../finding";
import type { Tree } from "../tree";

/**
 * Every Secret is encrypted, to all the keys that .sops.yaml names for its file and no others: what `npm run secret --
 * check` says.
 */
export async function secrets({ sources }: Tree): Promise<readonly Finding[]> {
    return (await checkTree(sources.root)).map((text) => {
        const [, file = "", at, rest = text] = /^gitops\/([^:]*)(?::(\d+))?(?::\d+)?: (.*)$/.exec(text) ?? [];
        const [problem = rest, fix = ""] = splitOnce(rest, "; ");
        const [, key] = /^(?:data|stringData)\.(\S+) is not encrypted/.exec(problem) ?? [];
        const pattern =
            key === undefined ? /^ *(- )?"?kind"?: "?Secret|^secretGenerator/ : new RegExp(`^ +"?${key}"?:`);
        return { file, line: at === undefined ? sources.lineOf(file, pattern) : Number(at), problem, fix };
    });
}

function splitOnce(text: string, separator: string): string[] {
    const index = text.indexOf(separator);
    return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}
