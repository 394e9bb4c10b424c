import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { emptyComponent } from "../secret/layer-folder";
import { publicKeyIn, usableFingerprint } from "../secret/public-key";
import { writeRules } from "../secret/rules";
import { importPublicKey } from "../secret/sops";
import { checkNewName, writeFiles } from "./new-name";
import { secretsOf, writeNewSecrets } from "./new-secrets";
import { newStackFile } from "./new-stack";
import { TreeError } from "./tree-error";

export interface NewEnvironment {
    /** The environment that it is made after. */
    readonly like: string;
    /** File with the PGP public key of the new environment. */
    readonly pgpKey?: string | undefined;
}

export interface AddedEnvironment {
    /** Files that were written, from the repository. */
    readonly written: readonly string[];
    /** Commands that are left to do. */
    readonly next: readonly string[];
}

/**
 * Adds an environment: its folder of `gitops/clusters`, and its stack file. With a public key also its rules in
 * `.sops.yaml` and its Secrets, with random values: those of the other environment are encrypted to another key.
 *
 * @throws TreeError if the name is invalid or taken, if the other environment does not exist, or if the key is not one.
 */
export async function addEnvironment(
    repository: string,
    name: string,
    { like, pgpKey }: NewEnvironment,
): Promise<AddedEnvironment> {
    const root = path.join(repository, "gitops");
    checkNewName(repository, "an environment", name, [`gitops/clusters/${name}`, `Pulumi.${name}.yaml`]);
    if (!environmentsIn(root).includes(like)) {
        throw new TreeError(`--like ${like} does not exist; environments are ${environmentsIn(root).join(", ")}`);
    }
    const key = pgpKey === undefined ? undefined : await armoredKeyIn(pgpKey);
    const stack = newStackFile(repository, name, like);
    const folder = `gitops/clusters/${name}`;
    const written = writeFiles(repository, {
        [`Pulumi.${name}.yaml`]: stack,
        [`${folder}/kustomization.yaml`]: read(root, `clusters/${like}/kustomization.yaml`),
        ...overlaysOf(root, name, like, key !== undefined),
        ...(key === undefined ? {} : { [`${folder}/.sops.pub.asc`]: key }),
    });
    if (key === undefined) {
        return { written, next: commandsForSecrets(root, name, like) };
    }
    writeRules(root, name, { pgp: [await usableFingerprint(root, name)], keyVault: [], other: [] });
    importPublicKey(root, name);
    const secrets = writeNewSecrets(root, name, like).map((file) => `gitops/${file}`);
    return { written: [...written, "gitops/.sops.yaml", ...secrets], next: [] };
}

/** What the other environment has of its layers: with the same Secrets, or with none until there is a key for them. */
function overlaysOf(root: string, name: string, like: string, withSecrets: boolean): Record<string, string> {
    const layers = fs
        .readdirSync(path.join(root, "clusters", like), { withFileTypes: true })
        .filter((entry) => entry.isDirectory());
    return Object.fromEntries(
        layers.map(({ name: layer }) => {
            const text = read(root, `clusters/${like}/${layer}/kustomization.yaml`);
            return [`gitops/clusters/${name}/${layer}/kustomization.yaml`, overlayOf(layer, text, withSecrets)];
        }),
    );
}

function overlayOf(layer: string, text: string, withSecrets: boolean): string {
    const document = parseDocument(text.replace(/^ *- \.\.\/decryption-canary-key-vault\.sops\.yaml\n/m, ""));
    if (!withSecrets) {
        document.delete("resources");
    }
    const isEmpty = !["resources", "patches", "images", "metadata"].some((key) => document.has(key));
    return isEmpty ? emptyComponent(layer) : document.toString({ lineWidth: 0 });
}

function commandsForSecrets(root: string, name: string, like: string): string[] {
    const sets = secretsOf(root, like)
        .filter((secret) => !secret.name.startsWith("decryption-canary-"))
        .flatMap((secret) => secret.keys.map((key, index) => setCommand(root, name, secret.name, key, index === 0)));
    return [
        `gpg --armor --export <fingerprint> > gitops/clusters/${name}/.sops.pub.asc`,
        `npm run secret -- recipients ${name}`,
        ...sets,
    ];
}

/** The command for the first of a Secret's values also names the namespace and the layer that takes the Secret. */
function setCommand(root: string, environment: string, name: string, key: string, isFirst: boolean): string {
    const command = `npm run secret -- set ${environment} ${name} ${key}`;
    if (!isFirst) {
        return command;
    }
    const layers = fs.readdirSync(path.join(root, "layers")).filter((layer) => !layer.includes("."));
    const layer = layers.find((each) => read(root, `layers/${each}/kustomization.yaml`).includes(`name: ${name} }`));
    const [, namespace = ""] = /^ +namespace: (\S+)$/m.exec(secretText(root, name)) ?? [];
    return `${command} --layer ${layer ?? "<layer>"} --namespace ${namespace}`;
}

function secretText(root: string, name: string): string {
    const files = environmentsIn(root).map((environment) => `clusters/${environment}/${name}.sops.yaml`);
    const file = files.find((each) => fs.existsSync(path.join(root, each)));
    return file === undefined ? "" : read(root, file);
}

async function armoredKeyIn(file: string): Promise<string> {
    try {
        const text = fs.readFileSync(file, "utf8");
        const { unusable } = await publicKeyIn(text);
        if (unusable !== undefined) {
            throw new Error(`nothing can be encrypted to it: it ${unusable}`);
        }
        return text;
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new TreeError(`--pgp-key ${file} is not an ASCII-armored PGP public key: ${reason}`);
    }
}

function read(root: string, file: string): string {
    return fs.readFileSync(path.join(root, file), "utf8");
}
