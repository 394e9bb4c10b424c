import type { ManifestTree } from "../fleet/manifest-tree";
import { objectsOf } from "../fleet/manifests";
import { fluxNamespace, secretVarsName } from "../flux-names";

/** Secret `secret-vars` of an environment. Its values are encrypted; the names of its variables are not. */
interface SecretVars {
    readonly file: string;
    readonly environment: string;
    readonly names: readonly string[];
}

/** The names of the variables that Secret `secret-vars` gives in at least one environment. */
export function secretVariableNames(tree: ManifestTree): ReadonlySet<string> {
    return new Set(secretVarsIn(tree).flatMap(({ names }) => names));
}

function secretVarsIn(tree: ManifestTree): SecretVars[] {
    const files = Object.keys(tree).filter((file) => file.endsWith(`/${secretVarsName}.sops.yaml`));
    const secrets = [...objectsOf(Object.fromEntries(files.map((file) => [file, tree[file] ?? ""])))];
    return secrets
        .filter(({ object: { kind, metadata } }) => kind === "Secret" && metadata?.namespace === fluxNamespace)
        .map(({ file, object: { data, stringData } }) => ({
            file,
            environment: file.split("/").at(-2) ?? "",
            names: Object.keys({ ...(data as object), ...(stringData as object) }),
        }));
}

/**
 * What is wrong with the names of the secret variables: those that Flux refuses, that an environment lacks, that
 * nothing uses, or that the program gives too.
 *
 * @param used each variable that the tree uses, with the place of its first use.
 * @param produced the names of the program's variables.
 */
export function secretVariableProblems(
    tree: ManifestTree,
    used: ReadonlyMap<string, string>,
    produced: readonly string[],
): string[] {
    const secrets = secretVarsIn(tree);
    const all = new Set(secrets.flatMap(({ names }) => names));
    return secrets.flatMap(({ file, environment, names }) => {
        const at = (name: string) => `gitops/${file}:${lineOf(tree[file] ?? "", name)}`;
        const lacking = [...all]
            .filter((name) => used.has(name) && !names.includes(name))
            .map(
                (name) =>
                    `gitops/${file}:1: has no ${name}, which ${used.get(name)} uses; npm run secret -- set ${environment} ${secretVarsName} ${name}`,
            );
        return [
            ...names.flatMap((name) => problemsOf(name, used, produced).map((text) => `${at(name)}: ${text}`)),
            ...lacking,
        ];
    });
}

function problemsOf(name: string, used: ReadonlyMap<string, string>, produced: readonly string[]): string[] {
    if (!isVariableName(name)) {
        return [`${name} cannot be the name of a variable, and Flux refuses it; letters, digits and '_' can`];
    }
    if (produced.includes(name)) {
        return [`${name} is a variable of the program's as well; call it otherwise`];
    }
    return used.has(name) ? [] : [`nothing in gitops/ uses \${${name}}; remove it, or use it`];
}

/** Whether Flux substitutes a variable of this name. */
export function isVariableName(name: string): boolean {
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function lineOf(text: string, key: string): number {
    const index = text.split("\n").findIndex((line) => line.trim().startsWith(`${key}:`));
    return Math.max(0, index) + 1;
}
