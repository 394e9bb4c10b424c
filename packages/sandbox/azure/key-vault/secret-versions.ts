import { randomBytes } from "node:crypto";
import type { AzureState } from "../state";
import { VaultError } from "./vault-error";

/** A secret as it was set once. */
export interface SecretVersion {
    /** 32 hexadecimal digits. */
    readonly version: string;
    readonly value: string;
    readonly contentType: string | undefined;
    readonly tags: Readonly<Record<string, string>> | undefined;
    /** Seconds since 1970. */
    readonly created: number;
    enabled: boolean;
}

export type NewSecret = Pick<SecretVersion, "value" | "contentType" | "tags" | "enabled">;

/** Makes a version, by default under a name of its own, and the current one. */
export function addSecretVersion(
    state: AzureState,
    id: string,
    secret: NewSecret,
    version = randomBytes(16).toString("hex"),
): SecretVersion {
    const made = { ...secret, version, created: Math.floor(Date.now() / 1000) };
    state.secretVersions.set(id.toLowerCase(), [...(state.secretVersions.get(id.toLowerCase()) ?? []), made]);
    return made;
}

/** The version that is asked for, or with "" the current one. @throws VaultError `SecretNotFound`. */
export function findSecretVersion(state: AzureState, id: string, asked: string): SecretVersion {
    const versions = state.secretVersions.get(id.toLowerCase()) ?? [];
    const found = asked === "" ? versions.at(-1) : versions.find(({ version }) => version === asked);
    if (!found) {
        throw secretNotFound(id, asked);
    }
    return found;
}

export function secretNotFound(id: string, version: string): VaultError {
    const name = `${id.slice(id.lastIndexOf("/") + 1)}/${version}`;
    const hint =
        "If you recently deleted this secret you may be able to recover it using the correct recovery command.";
    const message = `A secret with (name/id) ${name} was not found in this key vault. ${hint}`;
    return new VaultError(404, "SecretNotFound", message);
}
