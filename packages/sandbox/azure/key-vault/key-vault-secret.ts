import type { Properties } from "../../plugins/provider";
import { deletedName } from "../arm/deleted-name";
import { kept, type ResourceProvider } from "../arm/resource-provider";
import { without } from "../arm/without";
import { vaultLocation, vaultUri, version } from "./key-vault";
import { addSecretVersion } from "./secret-versions";

interface SecretProperties {
    readonly value?: string;
    readonly contentType?: string;
    readonly attributes?: { readonly enabled?: boolean };
}

/** Each PUT sets a version. Resource Manager never tells the value; the data plane does. */
export const secret: ResourceProvider = {
    check({ state, address }) {
        if (state.deletedSecrets.has(address.id.toLowerCase())) {
            throw deletedName("Secret", address.name);
        }
    },
    written({ state, inputs }, { address, properties: { properties } }) {
        const { value = "", contentType, attributes } = inputs.properties as SecretProperties;
        const tags = inputs.tags as Record<string, string> | undefined;
        const asked = (properties as { secretUriWithVersion: string }).secretUriWithVersion.split("/").at(-1);
        const made = { value, contentType, tags, enabled: attributes?.enabled ?? true };
        addSecretVersion(state, address.id, made, asked);
        return Promise.resolve();
    },
    properties(put) {
        const properties = without(put.inputs.properties as Properties, "value");
        const uri = `${vaultUri(put)}secrets/${put.address.name}`;
        const now = Math.floor(Date.now() / 1000);
        const attributes = {
            enabled: true,
            created: now,
            updated: now,
            ...(properties.attributes as object | undefined),
        };
        const location = kept(put, "location", () => vaultLocation(put));
        return {
            ...put.inputs,
            location,
            properties: { ...properties, attributes, secretUri: uri, secretUriWithVersion: `${uri}/${version()}` },
        };
    },
};
