import * as fs from "node:fs";
import * as path from "node:path";
import { SecretError } from "./secret-error";
import { fileOf, listResource, type SecretName, writeEncrypted } from "./secret-file";
import { importPublicKey, sops, sopsAtTerminal } from "./sops";

/** Sets one value of a Secret. A Secret that does not exist is made, and listed in its folder's kustomization.yaml. */
export async function setSecret(
    tree: string,
    secret: SecretName,
    key: string,
    value: () => Promise<string>,
): Promise<void> {
    const file = fileOf(tree, secret);
    if (!/^[A-Za-z0-9._-]+$/.test(key)) {
        throw new SecretError(`${key} is no key of a Secret: letters, digits, '.', '_' and '-'`);
    }
    if (fs.existsSync(path.join(tree, file))) {
        const json = JSON.stringify(await value());
        sops(tree, ["set", "--value-stdin", file, `["stringData"]["${key}"]`], json);
        console.log(`Set ${key} in gitops/${file}.`);
        return;
    }
    const { namespace } = secret;
    if (!namespace) {
        throw new SecretError(`gitops/${file} does not exist yet; say its namespace: --namespace <name>`);
    }
    importPublicKey(tree, secret.environment);
    const metadata = { name: path.basename(file, ".sops.yaml"), namespace };
    const stringData = { [key]: await value() };
    writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData });
    listResource(tree, file, true);
    console.log(`Made gitops/${file} with ${key}, and listed it in kustomization.yaml.`);
}

/** Opens a Secret in the person's editor. sops keeps the plain text in a file of mode 0600 while the editor runs. */
export function editSecret(tree: string, secret: SecretName): void {
    const file = fileOf(tree, secret);
    if (!fs.existsSync(path.join(tree, file))) {
        throw new SecretError(`gitops/${file} does not exist; make it with: npm run secret -- set`);
    }
    sopsAtTerminal(tree, ["edit", file]);
}
