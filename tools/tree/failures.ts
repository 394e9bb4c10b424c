import * as path from "node:path";
import { syntaxProblems } from "../../components/gitops/fleet/manifests";
import { secretVariableNames } from "../../components/gitops/flux/secret-vars";
import { secretVarsName } from "../../components/gitops/flux-names";
import type { Finding } from "./finding";
import { type Build, filesOfBuild, kustomizeFile, kustomizeFilesOf } from "./kustomizations";
import type { Sources } from "./sources";
import type { Substituted } from "./substitute";

/** Why something does not build: its YAML, else what kustomize says, at the line that names what it speaks of. */
export function buildFailure(sources: Sources, build: Build, error: string): Finding[] {
    const { folder, components } = build;
    const absent = components.find((component) => !kustomizeFile(sources, component));
    if (absent !== undefined) {
        const fix = "write its kustomization.yaml, of kind Component";
        return [{ file: `${absent}/kustomization.yaml`, line: 1, problem: `${absent} has no kustomization.yaml`, fix }];
    }
    if (!kustomizeFile(sources, folder) && !sources.has(folder)) {
        const fix = "write its kustomization.yaml, or correct the path";
        return [{ ...namedAt(sources, folder), problem: `${folder} has no kustomization.yaml`, fix }];
    }
    const files = filesOfBuild(sources, build);
    const syntax = syntaxProblems(Object.fromEntries(files.map((file) => [file, sources.text(file)])));
    if (syntax.length > 0) {
        return syntax.map((problem) => syntaxFailure(problem));
    }
    const missing = missingFiles(sources, build);
    if (missing.length > 0) {
        return missing;
    }
    const place = namedIn(sources, build, error) ?? { file: `${folder}/kustomization.yaml`, line: 1 };
    const problem = `${folder} does not build: ${reasonOf(error)}`;
    return [{ ...place, problem, fix: "correct it, and run the check again" }];
}

/** What a kustomization.yaml names and the tree does not have. */
function missingFiles(sources: Sources, build: Build): Finding[] {
    return kustomizeFilesOf(sources, build).flatMap(({ file, resources, others }) =>
        [...resources, ...others]
            .filter((named) => !sources.has(named) && !kustomizeFile(sources, named))
            .map((named) => {
                const isFolder = sources.below(named).length > 0;
                const problem = `${file} names ${named}, which ${isFolder ? "has no kustomization.yaml" : "does not exist"}`;
                const line = sources.lineOf(file, new RegExp(`(^|[\\s/=])${escaped(path.posix.basename(named))}$`));
                return {
                    file,
                    line,
                    problem,
                    fix: isFolder ? "write one, or name the folder's files" : "correct the name",
                };
            }),
    );
}

/** kustomize tells the whole way from the folder to what is wrong, which comes last. */
function reasonOf(error: string): string {
    const last = error.split("accumulating resources from ").at(-1) ?? error;
    return (last === error ? error : `resource ${last}`).split("\n")[0] ?? "";
}

/** The line that lists the innermost file or folder that a message names. */
function namedIn(sources: Sources, build: Build, error: string): { file: string; line: number } | undefined {
    const quoted = [...error.matchAll(/['"`]([^'"`\s]+)['"`]/g)].map(([, name = ""]) => path.posix.basename(name));
    return quoted
        .reverse()
        .flatMap((name) =>
            kustomizeFilesOf(sources, build).map(({ file }) => ({
                file,
                pattern: new RegExp(`(- |[:=] ?)(.*/)?${escaped(name)}$`),
            })),
        )
        .filter(({ file, pattern }) =>
            sources
                .text(file)
                .split("\n")
                .some((line) => pattern.test(line)),
        )
        .map(({ file, pattern }) => ({ file, line: sources.lineOf(file, pattern) }))[0];
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function syntaxFailure(problem: string): Finding {
    const [, file = "", line = "1", message = problem] = /^gitops\/(.*?)(?::(\d+):\d+)?: (.*)$/.exec(problem) ?? [];
    return {
        file,
        line: Number(line),
        problem: `is no YAML: ${message}`,
        fix: "correct the indentation or quotes there",
    };
}

/** The line of a layer's Kustomization that names the folder. */
function namedAt(sources: Sources, folder: string): { file: string; line: number } {
    const pattern = new RegExp(`\\./${escaped(folder)}$`, "m");
    const name = sources.files.find((file) => file.startsWith("clusters/") && pattern.test(sources.text(file)));
    const file = name ?? `${folder}/kustomization.yaml`;
    return { file, line: sources.lineOf(file, pattern) };
}

/** Variables without a value, and expressions that are not understood, each at its line. */
export function substitutionFailures(sources: Sources, file: string, { missing, odd }: Substituted): Finding[] {
    const secret = secretVariableNames(sources.tree());
    const variables = [...missing].map((name) => ({
        ...useOf(sources, file, `\${${name}`),
        ...(secret.has(name)
            ? {
                  problem: `variable ${name} has no value: the layer does not take Secret ${secretVarsName}`,
                  fix: "add the layer to those that substitute secrets in clusters/base/kustomization.yaml",
              }
            : {
                  problem: `variable ${name} has no value: the program does not provide it`,
                  fix: `add it to ClusterVars in components/gitops/flux/cluster-vars.ts, or write $\${${name}} if Flux is to leave it alone`,
              }),
    }));
    const expressions = [...odd].map((expression) => ({
        ...useOf(sources, file, expression),
        problem: `${expression} is not a plain variable`,
        fix: "write ${name} or ${name:=default}, or two dollars if Flux is to leave it alone",
    }));
    return [...variables, ...expressions];
}

/** The text may stand in a patch rather than in the object's own file. */
function useOf(sources: Sources, file: string, text: string): { file: string; line: number } {
    const pattern = new RegExp(`${escaped(text)}([^A-Za-z0-9_]|$)`);
    const user = [file, ...sources.files].find((candidate) => pattern.test(sources.text(candidate))) ?? file;
    return { file: user, line: sources.lineOf(user, pattern) };
}
