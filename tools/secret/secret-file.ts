import * as fs from "node:fs";
import * as path from "node:path";
import { type Document, parse, parseDocument, stringify, YAMLSeq } from "yaml";
import { setAnew } from "../../components/gitops/encryption/sops-files";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { secretVarsName } from "../../components/gitops/flux-names";
import { SecretError } from "./secret-error";
import { sops } from "./sops";

/** A Secret as a person names it. */
export interface SecretName {
    readonly environment: string;
    /** Name of the Secret, and of its file. */
    readonly name: string;
    /** Layer and namespace of a Secret that does not exist yet. */
    readonly layer?: string | undefined;
    readonly namespace?: string | undefined;
}

/**
 * The Secret's file, from the tree's root.
 *
 * @throws SecretError if the environment does not exist, or if a Secret cannot have the name.
 */
export function fileOf(tree: string, { environment, name }: SecretName): string {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) {
        throw new SecretError(`${name} is not the name of a Secret, such as smtp`);
    }
    requireEnvironment(tree, environment);
    return `clusters/${environment}/${name}.sops.yaml`;
}

/** @throws SecretError that lists the environments if there is none of the name. */
export function requireEnvironment(tree: string, environment: string): void {
    const environments = environmentsIn(tree);
    if (!environments.includes(environment)) {
        throw new SecretError(
            `gitops/clusters/${environment} does not exist; environments are ${environments.join(", ")}`,
        );
    }
}

/** Every encrypted file of an environment, from the tree's root. */
export function encryptedFiles(tree: string, environment: string): string[] {
    return fs
        .readdirSync(path.join(tree, "clusters", environment))
        .filter((file) => file.endsWith(".sops.yaml"))
        .map((file) => `clusters/${environment}/${file}`)
        .sort();
}

/** A Secret as it stands in its file: names and keys are plain, values are not. */
export interface SecretObject {
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly type?: string;
    readonly data?: Readonly<Record<string, string>>;
    readonly stringData?: Readonly<Record<string, string>>;
}

export function readSecret(tree: string, file: string): SecretObject {
    return parse(fs.readFileSync(path.join(tree, file), "utf8")) as SecretObject;
}

/** Keys of a Secret's values. */
export function keysOf({ data, stringData }: SecretObject): string[] {
    return Object.keys({ ...data, ...stringData });
}

/** What to do about a file that cannot be decrypted: one line. */
export function closedFile(tree: string, file: string): string {
    const secret = readSecret(tree, file);
    const [, environment = ""] = file.split("/");
    const anew = setAnew(environment, path.basename(file, ".sops.yaml"), keysOf(secret));
    return `gitops/${file} (${keysOf(secret).join(", ")}): if every key of it is lost, ${anew.join("; ")}`;
}

/** Encrypts an object to the keys that `.sops.yaml` names for the file. Only what is encrypted reaches the disk. */
export function writeEncrypted(tree: string, file: string, object: object): void {
    const encrypted = sops(tree, ["encrypt", "--filename-override", file], stringify(object));
    if (typeof (parse(encrypted) as { sops?: unknown }).sops !== "object") {
        throw new SecretError(`sops did not encrypt gitops/${file}; nothing was written`);
    }
    const full = path.join(tree, file);
    fs.writeFileSync(`${full}.new`, encrypted);
    fs.renameSync(`${full}.new`, full);
}

/**
 * Metadata of a Secret. An environment offers its Secrets to every layer, marked as local, which kustomize leaves out;
 * the layer that takes one removes the mark.
 */
export function offered(name: string, namespace: string): object {
    // Flux builds the layers that substitute from it again when it changes.
    const labels = name === secretVarsName ? { labels: { "reconcile.fluxcd.io/watch": "Enabled" } } : {};
    return { name, namespace, ...labels, annotations: { "config.kubernetes.io/local-config": "true" } };
}

/** Lists a file among the resources of what its environment has of a layer, or takes it off the list. */
export function listResource(tree: string, file: string, layer: string, listed: boolean): void {
    const kustomization = path.posix.join(path.posix.dirname(file), layer, "kustomization.yaml");
    editKustomization(tree, kustomization, (document) => {
        const name = `../${path.basename(file)}`;
        const resources = document.get("resources");
        const names = resources instanceof YAMLSeq ? (resources.toJSON() as string[]) : [];
        if (listed && !names.includes(name)) {
            add(document, "resources", name);
        } else if (!listed && names.includes(name)) {
            document.deleteIn(["resources", names.indexOf(name)]);
        }
    });
}

/** The layers that can take a Secret. */
export function layersOf(tree: string): string[] {
    const folder = path.join(tree, "layers");
    return fs.readdirSync(folder).filter((layer) => fs.existsSync(path.join(folder, layer, "kustomization.yaml")));
}

/** Makes a layer take a Secret of its environment. Does nothing if it does. */
export function takeSecret(tree: string, layer: string, name: string): void {
    editKustomization(tree, `layers/${layer}/kustomization.yaml`, (document) => {
        const patches = document.get("patches");
        const taken = patches instanceof YAMLSeq ? (patches.toJSON() as { target?: { name?: string } }[]) : [];
        if (!taken.some(({ target }) => target?.name === name)) {
            const target = document.createNode({ kind: "Secret", name }, { flow: true });
            add(document, "patches", document.createNode({ target, path: "../take-secret.yaml" }));
        }
    });
}

/** Adds an item to a list, which is made if the file has none. */
function add(document: Document, list: string, item: unknown): void {
    if (document.get(list) instanceof YAMLSeq) {
        document.addIn([list], item);
    } else {
        document.set(list, document.createNode([item]));
    }
}

function editKustomization(tree: string, file: string, edit: (document: Document) => void): void {
    const full = path.join(tree, file);
    const document = parseDocument(fs.readFileSync(full, "utf8"));
    const before = document.toString({ lineWidth: 0 });
    edit(document);
    const after = document.toString({ lineWidth: 0 });
    if (after !== before) {
        fs.writeFileSync(full, after);
    }
}
