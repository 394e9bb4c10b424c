import * as path from "node:path";
import type { ManifestTree } from "../fleet/manifest-tree";
import { type KubernetesObject, objectsOf } from "../fleet/manifests";
import { plainSecretProblems } from "./plain-secrets";
import { privateKeyProblems } from "./private-keys";
import { mapIn, textIn } from "./read-value";
import { allOf, hasKeyGroups, isSameKey, isWholeFingerprint, type Recipients, recipientsIn } from "./sops-recipients";
import { recipientsNamed } from "./sops-rules";

/**
 * What is wrong with the encryption of a tree, for whoever has the keys: one line each with the file, what is wrong and
 * what to do. A preview and `npm run secret -- check` say the same. The YAML of the tree has to be in order.
 */
export function encryptionProblems(tree: ManifestTree): string[] {
    const encrypted = [...objectsOf(tree)].filter(({ object }) => object.sops);
    const problems = [
        ...privateKeyProblems(tree),
        ...plainSecretProblems(tree),
        ...encrypted.flatMap(({ file, object }) => encryptedFileProblems(tree[".sops.yaml"] ?? "", file, object)),
    ];
    // What is wrong with .sops.yaml is found for each file.
    return [...new Set(problems)];
}

/** What is wrong with one encrypted object. */
function encryptedFileProblems(sopsYaml: string, file: string, object: KubernetesObject): string[] {
    const at = (problem: string) => `gitops/${file}: ${problem}`;
    return [
        ...[...openValues(object)].map((key) =>
            at(`${key} is not encrypted; take it out, and npm run secret -- set it`),
        ),
        ...(textIn(object.sops, "mac") === ""
            ? [at("has no MAC, so that nobody could tell if it was changed; encrypt it again")]
            : []),
        ...(file.endsWith(".sops.yaml") ? [] : [at("holds a Secret, so it has to be called *.sops.yaml; rename it")]),
        ...recipientProblems(sopsYaml, file, object),
    ];
}

function recipientProblems(sopsYaml: string, file: string, object: KubernetesObject): string[] {
    const at = (problem: string) => `gitops/${file}: ${problem}`;
    const fix = `npm run secret -- recipients ${path.posix.basename(path.posix.dirname(file))}`;
    if (hasKeyGroups(object)) {
        return [
            at(
                `has key groups, which take several keys at once and are not supported; name the keys without groups in .sops.yaml, then ${fix}`,
            ),
        ];
    }
    const named = namedFor(sopsYaml, file);
    if (named instanceof Error) {
        return [named.message];
    }
    const [keys, given] = [allOf(named), allOf(recipientsIn(object))];
    if (keys.length === 0) {
        return [at("no rule of .sops.yaml matches it; move it to clusters/<environment>/")];
    }
    const lacking = keys.filter((key) => !given.some((one) => isSameKey(one, key)));
    const extra = given.filter((key) => !keys.some((one) => isSameKey(one, key)));
    const short = named.pgp.filter((key) => !isWholeFingerprint(key));
    return [
        ...short.map(
            (key) =>
                `gitops/.sops.yaml: ${key} is not a whole fingerprint, and other keys may end like it; write its 40 digits (gpg --list-keys), then ${fix}`,
        ),
        ...lacking.map((key) => at(`is not encrypted to ${key}, which .sops.yaml names; ${fix}`)),
        ...extra.map((key) => at(`is encrypted to ${key}, which .sops.yaml does not name; ${fix}`)),
    ];
}

function namedFor(sopsYaml: string, file: string): Recipients | Error {
    try {
        return recipientsNamed(sopsYaml, file);
    } catch (error) {
        return error as Error;
    }
}

function* openValues(object: KubernetesObject): Generator<string> {
    for (const part of ["data", "stringData"]) {
        for (const [key, value] of Object.entries(mapIn(object, part))) {
            // sops leaves what is empty as it is.
            const empty = value === "" || value === null;
            const encrypted =
                typeof value === "string" && /^ENC\[AES256_GCM,data:.*,iv:.+,tag:.+,type:\w+\]$/.test(value);
            if (!empty && !encrypted) {
                yield `${part}.${key}`;
            }
        }
    }
}
