/**
 * The key and the values that this repository comes with, so that it runs without preparation. Whoever has the
 * repository has them, so that they may protect nothing.
 */
import { createHash } from "node:crypto";
import type { ManifestTree } from "../fleet/manifest-tree";
import { objectsOf } from "../fleet/manifests";
import { type PgpKey, privateKeys } from "./decryption-keys";
import { isSameKey, recipientsIn } from "./sops-recipients";
import { plainValues } from "./sops-values";

/** Fingerprint of the key. */
export const demonstrationKey = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";

/**
 * The Entra tenant of the demonstration. Tenants have random ids of version 4, and this is one of version 8, so that no
 * token of Entra's can name it: nobody reaches a real subscription with it, by whatever setting.
 */
export const demonstrationTenant = "1a2dfa11-de30-8000-8000-000000000000";

/** SHA-256 of the values. They are random, and public anyway: a hash only keeps them out of this file. */
const demonstrationValues: ReadonlySet<string> = new Set([
    "10b0bbebdf283fd7587f82eeb2493f32296c0ef1446c4b70a68f50b826ab1c6e",
    "29408fc204b7fe67e4fdabfe8498516af5ef866cbc74fe7d901ee64b452a0f83",
    "2a4f56dbe7b10d39d82b98e079d310c63ec9671da180836baf422cfdb31b22d8",
    "6020147d71b9984391da757701a896e178b999f160618d5eeba7e4ca16265a09",
    "6826746096d06077dc48714faf261436271c03a6b9aee0c5775a1b77719907a8",
    "75ddcbaf6d2a5a7b34521a89301de261c321e57771f7730f3a62a663305cded1",
    "9d5d015b56b7dae41fe33964634501645ba3a7e3d5b49eb3bd47a73f0326ca60",
    "a10060b4c836297abc0180d07940cd57bb95f8354f6a640237f90301fcc08bd0",
    "b8d0dcfd39672c4aa064cceaf3474c796be1e031ba9464bf0f12a9a20fea1130",
    "c35aaf2e29ae302231eb80148b6ee315d90e8482a31086743776bbe878f9ca2d",
    "c80c0fca0bf30f83da59aa719382929c1e3733555cd899b9923cc6616bee64c6",
    "dde6d57d0896aef59024b6388b7be9252cb37c7795c4fd39024923f8c74a7231",
    "e12ea8fcc87dfd496d1b214b6174119e74ee348176197ff277b30b605a88b60c",
    "e8eb18443707582c2fb24e0b2af6fbb5543f94f29f19b9f5e22fa2f4841793be",
]);

/** Whether a value is one that this repository comes with. */
export function isDemonstrationValue(value: string): boolean {
    return demonstrationValues.has(createHash("sha256").update(value).digest("hex"));
}

/**
 * Whether a value stands for an address that another service gives, which nobody can make up: no host of the top-level
 * domain `invalid` exists.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.4
 */
export function isPlaceholder(value: string): boolean {
    return /^https:\/\/[^/]+\.invalid\//.test(value);
}

/**
 * What of the demonstration a stack would run with: its key, files that are encrypted to it, and values that were
 * encrypted again to another key; and addresses that are still to be set. No line holds a value.
 */
export async function demonstrationProblems(
    files: ManifestTree,
    environment: string,
    keys: readonly PgpKey[],
    armored: string,
): Promise<string[]> {
    const fix = `npm run secret -- initialise ${environment}`;
    const own = keys.some(({ fingerprint }) => fingerprint === demonstrationKey)
        ? [
              `landfall:sopsPgpPrivateKey: holds the demonstration's key ${demonstrationKey}, whose private half is public; ` +
                  `make your own: ${fix}`,
          ]
        : [];
    const decryptionKeys = await privateKeys(armored);
    // Few files of a tree are encrypted, and reading all of it takes its time.
    const encrypted = Object.fromEntries(Object.entries(files).filter(([, text]) => /^sops:/m.test(text)));
    const secrets = [...objectsOf(encrypted)].filter(({ object }) => object.sops);
    const found = await Promise.all(
        secrets.map(async ({ file, object }) => {
            if (recipientsIn(object).pgp.some((key) => isSameKey(key, demonstrationKey))) {
                return [`gitops/${file}: is encrypted to the demonstration's key, so that anybody can read it; ${fix}`];
            }
            const values = [...((await plainValues(object, decryptionKeys)) ?? [])];
            const known = values.filter(([, value]) => isDemonstrationValue(value)).map(([key]) => key);
            const name = object.metadata?.name ?? "";
            return [
                ...(known.length === 0
                    ? []
                    : [
                          `gitops/${file}: ${known.join(", ")} came with the repository, so that anybody knows it; ${fix}`,
                      ]),
                ...values
                    .filter(([, value]) => isPlaceholder(value))
                    .map(([key]) => {
                        const set = `npm run secret -- set ${environment} ${name} ${key}`;
                        return `gitops/${file}: ${key} is an address of nobody's; ${set}`;
                    }),
            ];
        }),
    );
    return [...own, ...found.flat()];
}
