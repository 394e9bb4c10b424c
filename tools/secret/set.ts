import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { isVariableName } from "../../components/gitops/flux/secret-vars";
import { secretVarsName } from "../../components/gitops/flux-names";
import { openFolder } from "./layer-folder";
import { usableFingerprint } from "./public-key";
import { KeyRefusal, SecretError } from "./secret-error";
import {
    closedFile,
    fileOf,
    keysOf,
    layersOf,
    listResource,
    offered,
    readSecret,
    type SecretName,
    takeSecret,
    writeEncrypted,
} from "./secret-file";
import { importPublicKey, sops } from "./sops";

/**
 * Sets one value of a Secret. A Secret that does not exist is made, and its layer takes it. With `anew`, one that
 * exists begins again with this value alone, which takes no private key: for a file that nobody can decrypt.
 */
export async function setSecret(
    tree: string,
    secret: SecretName & { readonly anew: boolean },
    key: string,
    value: () => Promise<string>,
): Promise<void> {
    const file = fileOf(tree, secret);
    if (!/^[A-Za-z0-9._-]+$/.test(key)) {
        throw new SecretError(`${key} cannot be a key of a Secret: letters, digits, '.', '_' and '-'`);
    }
    const fitting = secret.name === secretVarsName ? () => value().then((text) => asVariable(key, text)) : value;
    if (!fs.existsSync(path.join(tree, file))) {
        await make(tree, file, secret, key, fitting);
    } else if (secret.anew) {
        await beginAnew(tree, file, secret.environment, key, fitting);
    } else {
        change(tree, file, key, await fitting());
    }
}

/** Flux writes a variable into the YAML of an object as it is: a value may be no other YAML than its own text. */
function asVariable(key: string, text: string): string {
    if (!isVariableName(key)) {
        throw new SecretError(`${key} cannot be the name of a variable: letters, digits and '_'`);
    }
    if (!/^[\w.~+/=%-]+$/.test(text) || parse(text) !== text) {
        throw new SecretError(
            `the value of ${key} would be more than text where Flux substitutes it; take letters, digits and any of . ~ + / = % _ - and not a number`,
        );
    }
    return text;
}

function change(tree: string, file: string, key: string, value: string): void {
    try {
        sops(tree, ["set", "--value-stdin", file, `["stringData"]["${key}"]`], JSON.stringify(value));
    } catch (error) {
        throw error instanceof KeyRefusal ? new SecretError(`${error.message}\n${closedFile(tree, file)}`) : error;
    }
    console.log(`Set ${key} in gitops/${file}.`);
}

async function make(
    tree: string,
    file: string,
    { environment, name, layer, namespace }: SecretName,
    key: string,
    value: () => Promise<string>,
): Promise<void> {
    if (layer === undefined || namespace === undefined) {
        throw new SecretError(
            `gitops/${file} does not exist yet; say its layer and namespace: --layer <name> --namespace <name>`,
        );
    }
    if (!layersOf(tree).includes(layer)) {
        throw new SecretError(`--layer ${layer} does not exist; layers are ${layersOf(tree).join(", ")}`);
    }
    await usableFingerprint(tree, environment);
    importPublicKey(tree, environment);
    const metadata = offered(name, namespace);
    const stringData = { [key]: await value() };
    writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData });
    openFolder(tree, environment, layer);
    listResource(tree, file, layer, true);
    takeSecret(tree, layer, name);
    console.log(`Made gitops/${file} with ${key}. Layer ${layer} takes it.`);
}

async function beginAnew(
    tree: string,
    file: string,
    environment: string,
    key: string,
    value: () => Promise<string>,
): Promise<void> {
    const { metadata, type = "Opaque", ...before } = readSecret(tree, file);
    await usableFingerprint(tree, environment);
    importPublicKey(tree, environment);
    const stringData = { [key]: await value() };
    writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type, stringData });
    const others = keysOf(before).filter((other) => other !== key);
    const rest =
        others.length === 0 ? "" : ` Its other values are gone; set each (without --anew): ${others.join(", ")}.`;
    console.log(`Made gitops/${file} again with ${key}.${rest}`);
}
