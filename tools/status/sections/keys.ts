import { decryptionCheckLayer } from "../../../components/gitops/flux-names";
import type { AzureKey } from "../read/objects";
import type { Observation } from "../read/observation";
import { isKnown, type Keys, type Layer, type Part, type Problem } from "../status";
import type { Commands, Section } from "./section";

const warnDays = 30;

/** The keys that decrypt the tree's Secrets, and the layer that proves that Flux has them. */
export function keys(
    { at, azure, tree }: Pick<Observation, "at" | "azure" | "tree">,
    layers: Part<readonly Layer[]>,
    commands: Commands,
): Section<Keys> {
    const found = isKnown(azure) ? azure.key : azure;
    const keyVault = !isKnown(found) ? found : found === null ? { unknown: "there is no key yet" } : keyOf(found);
    const proof = isKnown(layers) ? layers.find(({ name }) => name === decryptionCheckLayer) : undefined;
    const part: Keys = {
        keyVault,
        pgp: isKnown(tree) ? Object.entries(tree.pgp).map(([fingerprint, files]) => ({ fingerprint, files })) : tree,
        proof: proof
            ? { layer: proof.name, state: proof.state }
            : { unknown: isKnown(layers) ? `there is no layer ${decryptionCheckLayer}` : layers.unknown },
    };
    return { part, problems: isKnown(keyVault) ? problemsOf(keyVault, at, commands) : [] };
}

function keyOf({ properties }: AzureKey) {
    const { enabled = true, exp } = properties?.attributes ?? {};
    return {
        uri: properties?.keyUriWithVersion ?? "",
        enabled,
        expires: exp === undefined ? "" : new Date(exp * 1000).toISOString(),
    };
}

function problemsOf(key: ReturnType<typeof keyOf>, at: string, { up }: Commands): Problem[] {
    const problem = { severity: "error", part: "keys", object: `key ${key.uri}` } as const;
    const days = key.expires === "" ? Infinity : (Date.parse(key.expires) - Date.parse(at)) / 86_400_000;
    if (!key.enabled) {
        const command = `az keyvault key set-attributes --enabled true --id ${key.uri}`;
        return [{ ...problem, message: "is disabled: what is encrypted to it cannot be read", command }];
    }
    return days < warnDays
        ? [{ ...problem, severity: days < 0 ? "error" : "warning", message: `expires ${key.expires}`, command: up }]
        : [];
}
