import type { ResourceType } from "../../azure/arm/resource-types";
import { type Properties, unknown } from "../provider";

/** Outputs that lie in an object which is an input too, by type: the object, and the output in it. */
const nestedOutputs: Readonly<Record<string, readonly [string, string][]>> = {
    "containerservice:ManagedCluster": [
        ["oidcIssuerProfile", "issuerURL"],
        ["identity", "principalId"],
    ],
    "keyvault:Vault": [["properties", "vaultUri"]],
};

/**
 * What a preview knows of a resource: its inputs, with what Azure adds to their objects as unknown, which azure-native
 * does for every output of its schema (pulumi/pulumi-azure-native, provider/pkg/convert).
 */
export function previewOutputs(type: ResourceType, inputs: Properties): Properties {
    const filled = (nestedOutputs[type.token] ?? []).flatMap(([object, output]) => {
        const value = inputs[object];
        return typeof value === "object" && value !== null && !Array.isArray(value)
            ? [[object, { [output]: unknown, ...value }] as const]
            : [];
    });
    return { ...inputs, ...Object.fromEntries(filled) };
}
