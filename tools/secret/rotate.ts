import { encryptedFiles } from "./secret-file";
import { importPublicKey, sops } from "./sops";

/** Encrypts every file of the environment to the keys that `.sops.yaml` names now. The data keys stay. */
export function updateKeys(tree: string, environment: string): void {
    importPublicKey(tree, environment);
    for (const file of encryptedFiles(tree, environment)) {
        sops(tree, ["updatekeys", "--yes", file]);
    }
}

/**
 * Gives every file of the environment a new data key, so that whoever kept an old one reads nothing that is written from
 * now on. What they have read already is known to them: set new values too.
 */
export function rotate(tree: string, environment: string): void {
    updateKeys(tree, environment);
    for (const file of encryptedFiles(tree, environment)) {
        sops(tree, ["rotate", "--in-place", file]);
        console.log(`Rotated gitops/${file}.`);
    }
}
