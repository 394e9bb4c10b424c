import { isCanary } from "../../components/gitops/encryption/sops-recipients";
import { KeyRefusal, SecretError, ToolRefusal } from "./secret-error";
import { closedFile, encryptedFiles } from "./secret-file";
import { importPublicKey, sops } from "./sops";

/**
 * Encrypts every file of the environment to the keys that `.sops.yaml` names now. The data keys stay.
 *
 * @throws SecretError that names each file that nobody here can decrypt; the others are done then.
 */
export function updateKeys(tree: string, environment: string): void {
    importPublicKey(tree, environment);
    const closed: string[] = [];
    for (const file of encryptedFiles(tree, environment)) {
        try {
            sops(tree, ["updatekeys", "--yes", file]);
        } catch (error) {
            if (!(error instanceof ToolRefusal)) {
                throw error;
            }
            const message = error.message.replace(/^/gm, "    ");
            closed.push(error instanceof KeyRefusal ? closedFile(tree, file) : `gitops/${file}:`, message);
        }
    }
    if (closed.length > 0) {
        throw new SecretError(["Not encrypted to the new keys; every other file is:", ...closed].join("\n"));
    }
}

/**
 * Gives every file of the environment a new data key, so that whoever kept an old one reads nothing that is written
 * from now on. What they have read already is known to them: set new values too.
 */
export function rotate(tree: string, environment: string): void {
    updateKeys(tree, environment);
    // A canary is not worth it: it holds nothing, and may be encrypted to a key that only the cluster has.
    for (const file of encryptedFiles(tree, environment).filter((one) => !isCanary(one))) {
        sops(tree, ["rotate", "--in-place", file]);
        console.log(`Rotated gitops/${file}.`);
    }
}
