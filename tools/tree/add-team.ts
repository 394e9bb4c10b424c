import * as fs from "node:fs";
import * as path from "node:path";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { checkNewName, writeFiles } from "./new-name";
import { TreeError } from "./tree-error";

export interface NewTeam {
    /** Address of the team's repository. Default: that of the example, which is to be replaced. */
    readonly url?: string | undefined;
    /** Environments that the team delivers to. */
    readonly environments: readonly string[];
}

const exampleTeam = "team-example";

/**
 * Adds a team: a copy of `tenants/team-example`, and a line in the list of each environment that runs it.
 *
 * @returns what was written, from `root`.
 * @throws TreeError if the name is invalid or taken, or if an environment does not exist.
 */
export function addTeam(root: string, name: string, { url, environments }: NewTeam): string[] {
    checkNewName(root, "a team", name, [`tenants/${name}`, `systems/${name}`]);
    const unknown = environments.find((environment) => !environmentsIn(root).includes(environment));
    if (unknown !== undefined) {
        const names = environmentsIn(root).join(", ");
        throw new TreeError(`--environment ${unknown} does not exist; environments are ${names}`);
    }
    const example = path.join(root, "tenants", exampleTeam);
    const files = fs.readdirSync(example).map((file): [string, string] => {
        const text = fs.readFileSync(path.join(example, file), "utf8").replaceAll(exampleTeam, name);
        return [`tenants/${name}/${file}`, url === undefined ? text : withUrl(text, url)];
    });
    const lists = environments.map((environment) => listTeam(root, environment, name));
    return [...writeFiles(root, Object.fromEntries(files)), ...lists];
}

/** In the source that Flux reads, and as the address that the team's own sources may have. */
function withUrl(text: string, url: string): string {
    return text.replace(/^( {2}url| {4}landfall\/addresses): .*$/m, (_, key: string) => `${key}: ${url}`);
}

/** Adds the team to layer tenants of an environment. */
export function listTeam(root: string, environment: string, name: string): string {
    const file = `clusters/${environment}/kustomization.yaml`;
    const text = fs.readFileSync(path.join(root, file), "utf8").trimEnd();
    const operation = `      - { op: add, path: /spec/components/0, value: ../../tenants/${name} }`;
    const patch = ["  - target: { kind: Kustomization, name: tenants }", "    patch: |", operation];
    // The list of patches is the last part of the file, where there is one.
    const lines = /^patches:$/m.test(text) ? [text, ...patch] : [text, "patches:", ...patch];
    fs.writeFileSync(path.join(root, file), `${lines.join("\n")}\n`);
    return file;
}
