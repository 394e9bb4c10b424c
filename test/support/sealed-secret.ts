import { stringify } from "yaml";

/** Keys that a Secret is encrypted to. */
interface Seal {
    readonly pgp?: readonly string[];
    /** Addresses of Key Vault keys, with their version. */
    readonly keyVault?: readonly string[];
}

/** A value as sops encrypts it. */
export const sealedValue = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]";

/** The metadata that sops writes for an object that it encrypted to these keys. */
export function sealedTo({ pgp = [], keyVault = [] }: Seal) {
    const azure = keyVault.map((key) => {
        const [, url, name, version] = /^(.*)\/keys\/(.*)\/(.*)$/.exec(key) ?? [];
        return { vault_url: url, name, version };
    });
    return {
        mac: sealedValue,
        ...(pgp.length > 0 ? { pgp: pgp.map((fp) => ({ fp })) } : {}),
        ...(azure.length > 0 ? { azure_kv: azure } : {}),
    };
}

/** Text of a Secret `s` that is encrypted to these keys, with one value. */
export function sealedSecret(seal: Seal, changes: Readonly<Record<string, unknown>> = {}): string {
    const head = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
    return stringify({ ...head, stringData: { a: sealedValue }, sops: sealedTo(seal), ...changes });
}

/** A `.sops.yaml` that names these keys for every file. */
export function rulesFor({ pgp = [], keyVault = [] }: Seal): string {
    const named = { ...(pgp.length > 0 ? { pgp: pgp.join(",") } : {}), azure_keyvault: keyVault.join(",") };
    return stringify({ creation_rules: [named] });
}

/** A Secret that is encrypted to what the tree's `.sops.yaml` names, and that file. */
export function sealedTree(seal: Seal, file = "clusters/staging/s.sops.yaml") {
    return { ".sops.yaml": rulesFor(seal), [file]: sealedSecret(seal) };
}
