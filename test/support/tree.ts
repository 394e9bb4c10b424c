import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/**
 * Renders the tree in `gitops/` as Flux would before it applies it: `kustomize build` of each layer that the root's
 * Kustomizations name, then post-build substitution. It does not decrypt: a Secret keeps its `sops` block.
 */

/** A Kubernetes object as parsed from a manifest. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; [field: string]: unknown };
    [field: string]: unknown;
}

/** One Flux Kustomization of `clusters/<environment>` and the objects that it applies. */
export interface Layer {
    name: string;
    kustomization: KubernetesObject;
    objects: KubernetesObject[];
}

/** Everything that Flux applies in one environment. */
export interface Tree {
    environment: string;
    layers: Layer[];
    /** Names of the variables that the manifests use, the root's own included. */
    variables: Set<string>;
}

/** Variables that the tree may use, with a sample value each. The program writes them to ConfigMap `cluster-vars`. */
export const SAMPLE_VARIABLES: Readonly<Record<string, string>> = {
    cluster_name: "landfall-sample",
    environment: "sample",
    domain: "sample.example.com",
    cert_manager_client_id: "11111111-1111-4111-8111-111111111111",
    external_dns_client_id: "22222222-2222-4222-8222-222222222222",
    velero_client_id: "33333333-3333-4333-8333-333333333333",
};

/** Names of the variables that the tree may use; it has to use each of them. */
export const FLUX_VARIABLES: readonly string[] = Object.keys(SAMPLE_VARIABLES);

/** Absolute path of the tree. */
export const TREE_ROOT = resolve(__dirname, "../../gitops");

/** Environments that the tree has, in alphabetical order. */
export const ENVIRONMENTS: readonly string[] = readdirSync(join(TREE_ROOT, "clusters")).sort();

const rendered = new Map<string, Tree>();

/**
 * The tree of one environment with sample values. Rendered once a process; change a copy (see `changed`), never this.
 *
 * @throws if a manifest does not build, or uses a variable outside SAMPLE_VARIABLES.
 */
export function treeOf(environment: string): Tree {
    const known = rendered.get(environment);
    if (known) return known;
    const tree = renderTree(TREE_ROOT, environment, SAMPLE_VARIABLES);
    rendered.set(environment, tree);
    return tree;
}

/**
 * Renders the tree at `root` for an environment.
 *
 * @throws naming the folder and the reason if a folder does not build or a variable has no value.
 */
export function renderTree(root: string, environment: string, values: Readonly<Record<string, string>>): Tree {
    const variables = new Set<string>();
    const build = (folder: string) => {
        try {
            return buildFolder(join(root, folder), values, variables);
        } catch (cause) {
            throw new Error(`${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
    };
    const layers = build(`clusters/${environment}`).map((kustomization) => ({
        name: kustomization.metadata.name,
        kustomization,
        objects: build(String(field(kustomization, "spec.path"))),
    }));
    return { environment, layers, variables };
}

function buildFolder(folder: string, values: Readonly<Record<string, string>>, used: Set<string>): KubernetesObject[] {
    const manifests = execFileSync(binary("kustomize"), ["build", folder], { encoding: "utf8", stdio: "pipe" });
    return manifests.split(/^---\n/m).map((manifest) => {
        const object = parse(manifest) as KubernetesObject;
        return isSubstitutionOff(object) ? object : (parse(substitute(manifest, values, used)) as KubernetesObject);
    });
}

/** Flux leaves an object alone that says so in a label or an annotation. */
function isSubstitutionOff(object: KubernetesObject): boolean {
    const key = "kustomize.toolkit.fluxcd.io/substitute";
    const { labels, annotations } = object.metadata as { [field: string]: Record<string, string> | undefined };
    return labels?.[key] === "disabled" || annotations?.[key] === "disabled";
}

/**
 * Substitutes variables as Flux does with its StrictPostBuildSubstitutions gate on: `${name}`, `${name:=default}` and the
 * like, `$$` for a literal dollar. Records each name in `used`. Works on the text of a manifest, so that a value which YAML
 * reads as a number or a boolean changes its type here as it does in Flux.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 * @throws if a variable has neither value nor default, or uses one of the string functions, which the tree has no use for.
 */
export function substitute(text: string, values: Readonly<Record<string, string>>, used = new Set<string>()): string {
    return text.replace(/\$\$|\$\{([^}]*)\}/g, (match, expression?: string) => {
        if (expression === undefined) return "$";
        const parts = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])(.*))?$/s.exec(expression);
        if (!parts) throw new Error(`${match} is not a plain variable; write \${name} or \${name:=default}`);
        const [, name = "", operator, fallback] = parts;
        used.add(name);
        const value = values[name];
        if (operator?.startsWith(":") && !value) return fallback ?? "";
        if (value === undefined && operator) return fallback ?? "";
        if (value === undefined) throw new Error(`variable ${name} has no value; the program does not provide it`);
        return value;
    });
}

/** The value at a dotted path of an object, or undefined. */
export function field(object: unknown, path: string): unknown {
    return path.split(".").reduce<unknown>((value, key) => {
        return value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
    }, object);
}

/** Sets the value at a dotted path of an object, making the objects on the way; undefined removes it. */
export function setField(object: unknown, path: string, value: unknown): void {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce(
        (current, key) => {
            current[key] ??= {};
            return current[key] as Record<string, unknown>;
        },
        object as Record<string, unknown>,
    );
    if (value === undefined) delete parent[last];
    else parent[last] = value;
}

/** The list at a dotted path of an object; empty if there is none. */
export function list(object: unknown, path: string): unknown[] {
    const value = field(object, path);
    return Array.isArray(value) ? value : [];
}

/** Every object of the tree with the name of its layer. */
export function objectsOf(tree: Tree): { layer: string; object: KubernetesObject }[] {
    return tree.layers.flatMap((layer) => layer.objects.map((object) => ({ layer: layer.name, object })));
}

/** A deep copy of the tree after `change`, to show that a rule finds what breaks it. */
export function changed(tree: Tree, change: (copy: Tree) => void): Tree {
    const copy = structuredClone(tree);
    change(copy);
    return copy;
}

/**
 * The first object of a kind (and name) in the tree.
 *
 * @throws if the tree has none.
 */
export function find(tree: Tree, kind: string, name?: string): KubernetesObject {
    const found = objectsOf(tree).find(
        ({ object }) => object.kind === kind && (name === undefined || object.metadata.name === name),
    );
    if (!found) throw new Error(`the ${tree.environment} tree has no ${kind} ${name ?? ""}`);
    return found.object;
}

/**
 * The layer of a name.
 *
 * @throws if the tree has none.
 */
export function layerOf(tree: Tree, name: string): Layer {
    const layer = tree.layers.find((candidate) => candidate.name === name);
    if (!layer) throw new Error(`the ${tree.environment} tree has no layer ${name}`);
    return layer;
}

/** Names of the layers that are ready before this one starts, direct and indirect. */
export function layersBefore(tree: Tree, name: string): Set<string> {
    const before = new Set<string>();
    const visit = (current: string) => {
        for (const dependency of list(layerOf(tree, current).kustomization, "spec.dependsOn")) {
            const next = String(field(dependency, "name"));
            if (before.has(next)) continue;
            before.add(next);
            visit(next);
        }
    };
    visit(name);
    return before;
}

/** Kind, namespace and name, as people write it: `Deployment podinfo/podinfo`. */
export function label(object: KubernetesObject): string {
    const { namespace, name } = object.metadata;
    return namespace === undefined ? `${object.kind} ${name}` : `${object.kind} ${namespace}/${name}`;
}

/**
 * Path of a program that the tests run.
 *
 * @throws if LANDFALL_BINARIES does not name a folder that has it.
 */
export function binary(name: string): string {
    const folder = process.env.LANDFALL_BINARIES;
    if (folder === undefined) throw new Error("LANDFALL_BINARIES is not set; run the tests with: npm run test:tree");
    const path = join(folder, name);
    if (!existsSync(path)) throw new Error(`${path} does not exist; npm run test:tree builds it`);
    return path;
}
