import * as fs from "node:fs";
import * as path from "node:path";
import { parse, parseDocument, stringify, YAMLSeq } from "yaml";
import { setAnew } from "../../components/gitops/encryption/sops-files";
import { SecretError } from "./secret-error";
import { sops } from "./sops";

/** A Secret as a person names it. */
export interface SecretName {
    readonly environment: string;
    /** `<layer>/<name>`. */
    readonly name: string;
    /** Namespace of a Secret that does not exist yet. */
    readonly namespace?: string | undefined;
}

/**
 * The Secret's file, from the tree's root.
 *
 * @throws SecretError if the layer has no folder for the environment.
 */
export function fileOf(tree: string, { environment, name }: SecretName): string {
    const [layer = "", secret = "", ...rest] = name.split("/");
    if (!/^[a-z0-9-]+$/.test(layer) || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(secret) || rest.length > 0) {
        throw new SecretError(`${name} is not <layer>/<name>, such as apps/smtp`);
    }
    const folder = `${layer}/${environment}`;
    if (!fs.existsSync(path.join(tree, folder, "kustomization.yaml"))) {
        throw new SecretError(
            `gitops/${folder} is no folder of a layer; environments are ${environments(tree).join(", ")}`,
        );
    }
    return `${folder}/${secret}.sops.yaml`;
}

export function environments(tree: string): string[] {
    return fs.readdirSync(path.join(tree, "clusters")).sort();
}

/** Every encrypted file of an environment, from the tree's root. */
export function encryptedFiles(tree: string, environment: string): string[] {
    return fs
        .readdirSync(tree, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".sops.yaml") && path.basename(path.dirname(file)) === environment)
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
    const [layer = "", environment = ""] = file.split("/");
    const name = `${layer}/${path.basename(file, ".sops.yaml")}`;
    const anew = setAnew(environment, name, keysOf(secret));
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

/** Lists a file among the resources of its folder, or takes it off the list. */
export function listResource(tree: string, file: string, listed: boolean): void {
    const kustomization = path.join(tree, path.dirname(file), "kustomization.yaml");
    const document = parseDocument(fs.readFileSync(kustomization, "utf8"));
    const resources = document.get("resources");
    const name = path.basename(file);
    if (!(resources instanceof YAMLSeq)) {
        throw new SecretError(`gitops/${path.dirname(file)}/kustomization.yaml has no list of resources`);
    }
    const index = (resources.toJSON() as string[]).indexOf(name);
    if (listed === index >= 0) {
        return;
    }
    if (listed) {
        resources.add(document.createNode(name));
    } else {
        resources.delete(index);
    }
    fs.writeFileSync(kustomization, document.toString({ lineWidth: 0 }));
}
