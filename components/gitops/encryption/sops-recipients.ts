import { parse } from "yaml";

/** The keys that a file is encrypted to: PGP fingerprints, and addresses of Key Vault keys with their version. */
export interface Recipients {
    readonly pgp: readonly string[];
    readonly keyVault: readonly string[];
}

interface Rule {
    readonly path_regex?: string;
    readonly pgp?: string;
    readonly azure_keyvault?: string;
}

/** The file of the decryption check that is encrypted to one kind of key alone. */
export function canaryFile(environment: string, kind: "pgp" | "key-vault"): string {
    return `clusters/${environment}/decryption-canary-${kind}.sops.yaml`;
}

export function isCanary(file: string): boolean {
    return /^clusters\/[^/]+\/decryption-canary-(pgp|key-vault)\.sops\.yaml$/.test(file);
}

/** The keys that an object is encrypted to, as `.sops.yaml` writes them; none if it is not encrypted. */
export function recipientsIn(object: unknown): Recipients {
    const { sops } = object as {
        sops?: {
            pgp?: { fp: string }[];
            azure_kv?: { vault_url: string; name: string; version: string }[];
        };
    };
    const address = (key: { vault_url: string; name: string; version: string }) =>
        `${key.vault_url.replace(/\/$/, "")}/keys/${key.name}/${key.version}`;
    return {
        pgp: (sops?.pgp ?? []).map(({ fp }) => fp.toUpperCase()),
        keyVault: (sops?.azure_kv ?? []).map(address),
    };
}

/**
 * The keys that the text of a `.sops.yaml` names for a file: those of the first rule that matches, as sops reads it.
 */
export function recipientsNamed(sopsYaml: string, file: string): Recipients {
    const { creation_rules: rules = [] } = (parse(sopsYaml) ?? {}) as { creation_rules?: Rule[] };
    const rule = rules.find(({ path_regex: pattern }) => pattern === undefined || new RegExp(pattern).test(file));
    return { pgp: names(rule?.pgp?.toUpperCase()), keyVault: names(rule?.azure_keyvault) };
}

export function allOf({ pgp, keyVault }: Recipients): string[] {
    return [...pgp, ...keyVault];
}

function names(list: string | undefined): string[] {
    return (list ?? "")
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
}
