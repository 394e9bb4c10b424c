import { encryptionProblems } from "../../components/gitops/encryption/encryption-problems";
import { isSameKey } from "../../components/gitops/encryption/sops-recipients";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { syntaxProblems } from "../../components/gitops/fleet/manifests";
import { readTreeFolder } from "../../components/gitops/fleet/tree-folder";
import { publicKeyFile, publicKeyOf } from "./public-key";
import { recipientsOf } from "./rules";

/**
 * What is wrong with the encryption of a tree, one line each: the file, what is wrong, and what to do. Reads files
 * only.
 */
export async function checkTree(tree: string): Promise<string[]> {
    const { files } = readTreeFolder(tree);
    const syntax = syntaxProblems(files);
    // Nobody can tell what a file holds that is no YAML.
    const unreadable = syntax.map((problem) => `${problem}; correct it, so that its encryption can be checked`);
    const written = syntax.length > 0 ? unreadable : encryptionProblems(files);
    const keys = await Promise.all(environmentsIn(tree).map((environment) => publicKeyProblems(tree, environment)));
    return [...written, ...keys.flat()];
}

async function publicKeyProblems(tree: string, environment: string): Promise<string[]> {
    try {
        const { fingerprint } = await publicKeyOf(tree, environment);
        return recipientsOf(tree, `clusters/${environment}/any.sops.yaml`)
            .pgp.filter((recipient) => !isSameKey(recipient, fingerprint))
            .map(
                (recipient) =>
                    `gitops/${publicKeyFile(environment)}: is ${fingerprint}, but .sops.yaml names ${recipient}; npm run secret -- recipients ${environment}`,
            );
    } catch (error) {
        return [(error as Error).message];
    }
}
