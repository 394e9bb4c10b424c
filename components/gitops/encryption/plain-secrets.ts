import * as path from "node:path";
import type { ManifestTree } from "../fleet/manifest-tree";
import { documentsIn } from "../fleet/manifests";
import { secretVariableNames } from "../flux/secret-vars";
import { isMap, listIn, mapIn, textIn } from "./read-value";

/**
 * Secrets in plain text, in each form that kustomize makes a Secret of and in files that are no manifests, such as an
 * editor's backup: one line each. A Secret of its own document that is encrypted, whole or in part, is none of them,
 * nor is one that takes a secret variable into each value.
 */
export function plainSecretProblems(tree: ManifestTree): string[] {
    const variables = secretVariableNames(tree);
    return Object.entries(tree).flatMap(([file, text]) =>
        // Most files are none of this, and reading each as YAML takes a second for a large tree.
        /Secret|secretGenerator|stringData/.test(text) ? plainSecretsIn(tree, file, text, variables) : [],
    );
}

function plainSecretsIn(tree: ManifestTree, file: string, text: string, variables: ReadonlySet<string>): string[] {
    const at = (problem: string) => `gitops/${file}: ${problem}`;
    return valuesIn(text).flatMap((value) => [
        ...ofDocument(value, file, variables).map(at),
        ...ofGenerators(value).map(at),
        ...ofPatches(tree, file, value).map(at),
    ]);
}

/** The documents of a text as data; none if it is no YAML, such as a chart's template or a page. */
function valuesIn(text: string): unknown[] {
    const documents = documentsIn(text);
    if (documents.some(({ errors }) => errors.length > 0)) {
        return [];
    }
    try {
        return documents.map((document): unknown => document.toJS());
    } catch {
        // Said of every manifest by the check of its syntax, with the place.
        return [];
    }
}

function ofDocument(value: unknown, file: string, variables: ReadonlySet<string>): string[] {
    if (isSecret(value) && takesVariables(value, variables)) {
        return [];
    }
    if (isSecret(value)) {
        const fix = `encrypt it before it is committed: npm run secret -- set, or in gitops/ sops encrypt --in-place ${file}`;
        return isMap(value.sops) ? [] : [`Secret ${nameOf(value)} is not encrypted; ${fix}`];
    }
    return [...secretsWithin(value)].map(
        (secret) =>
            `Secret ${nameOf(secret)} stands in another object, where sops and Flux do not see it, so that it is not encrypted; make it a file of its own: npm run secret -- set`,
    );
}

/**
 * Whether what is secret of a Secret stands elsewhere, encrypted: each of its values takes a variable of `secret-vars`,
 * without a default. What stands around it, such as a host and a user, may be read.
 */
function takesVariables(secret: Readonly<Record<string, unknown>>, variables: ReadonlySet<string>): boolean {
    const takesOne = (value: unknown) =>
        typeof value === "string" &&
        [...value.matchAll(/(?<!\$)\$\{(\w+)\}/g)].some(([, name = ""]) => variables.has(name));
    const values = Object.values(mapIn(secret, "stringData"));
    return Object.keys(mapIn(secret, "data")).length === 0 && values.length > 0 && values.every(takesOne);
}

/** Secrets below the top of a document: items of a list, or values of whatever kind. */
function* secretsWithin(value: unknown, isItem = false): Generator<Readonly<Record<string, unknown>>> {
    if (Array.isArray(value)) {
        for (const item of value as unknown[]) {
            yield* secretsWithin(item, isItem);
        }
    } else if (isMap(value)) {
        if ((isSecret(value) && (isItem || hasValues(value))) || (isItem && hasValues(value) && !("kind" in value))) {
            yield value;
            return;
        }
        for (const [key, part] of Object.entries(value)) {
            yield* secretsWithin(part, key === "items" && /^(Secret)?List$/.test(textIn(value, "kind")));
        }
    }
}

/** kustomize makes Secrets of what a `secretGenerator` lists, or a generator's own file. */
function ofGenerators(value: unknown): string[] {
    const generators = textIn(value, "kind") === "SecretGenerator" ? [value] : listIn(value, "secretGenerator");
    return generators.map((generator) => {
        const name = textIn(generator, "name") || nameOf(generator);
        return `a generator makes Secret ${name} of values that are not encrypted; make it a file of its own: npm run secret -- set`;
    });
}

/** The patches of a kustomization.yaml: objects, and operations on a Secret, in it or in files that it names. */
function ofPatches(tree: ManifestTree, file: string, value: unknown): string[] {
    if (!/^kustomization\.ya?ml$|^Kustomization$/.test(path.posix.basename(file))) {
        return [];
    }
    const merges = listIn(value, "patchesStrategicMerge").map((text): unknown => ({ patch: text }));
    const patches = [...listIn(value, "patches"), ...listIn(value, "patchesJson6902"), ...merges];
    return patches.flatMap((patch) => {
        const target = mapIn(patch, "target");
        const named = path.posix.join(path.posix.dirname(file), textIn(patch, "path"));
        const texts = [textIn(patch, "patch"), tree[named] ?? ""];
        return texts.flatMap(valuesIn).some((content) => setsSecret(content, textIn(target, "kind")))
            ? [
                  `a patch gives a Secret values that are not encrypted; take them out: npm run secret -- set keeps each in its Secret's own file`,
              ]
            : [];
    });
}

function setsSecret(content: unknown, targetKind: string): boolean {
    if (Array.isArray(content)) {
        const fields = targetKind === "Secret" ? /^\/(data|stringData)(\/|$)/ : /^\/stringData(\/|$)/;
        return (content as unknown[]).some(
            (operation) => textIn(operation, "op") !== "remove" && fields.test(textIn(operation, "path")),
        );
    }
    return (
        isMap(content) && (isSecret(content) || targetKind === "Secret") && hasValues(content) && !isMap(content.sops)
    );
}

function isSecret(value: unknown): value is Readonly<Record<string, unknown>> {
    return isMap(value) && value.kind === "Secret";
}

function hasValues(value: unknown): boolean {
    return ["data", "stringData"].some((part) => Object.keys(mapIn(value, part)).length > 0);
}

function nameOf(object: unknown): string {
    return textIn(mapIn(object, "metadata"), "name");
}
