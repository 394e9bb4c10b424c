import type { ManifestTree } from "../fleet/manifest-tree";

// https://www.rfc-editor.org/rfc/rfc7468#section-10, https://www.rfc-editor.org/rfc/rfc9580#section-6.2,
// https://github.com/FiloSottile/age
const pattern =
    /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{16}/;

/** Files of a tree that hold a private key, whatever they are called: one line each. */
export function privateKeyProblems(tree: ManifestTree): string[] {
    return Object.entries(tree).flatMap(([file, text]) => {
        const found = pattern.exec(text);
        if (!found) {
            return [];
        }
        const line = text.slice(0, found.index).split("\n").length;
        const fix = file.endsWith(".sops.pub.asc")
            ? `write the public half there: gpg --armor --export <fingerprint> > gitops/${file}`
            : "take it out; what the cluster needs of it: npm run secret -- set";
        return [
            `gitops/${file}:${line}: holds a private key; ${fix}. If it was in a commit that somebody else can read, make a new key`,
        ];
    });
}
