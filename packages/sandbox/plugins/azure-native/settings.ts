import { readFileSync } from "node:fs";
import type { Properties } from "../provider";

/**
 * How the provider reaches Azure: configuration first, then ARM_*, then AZURE_* variables, as azure-native reads them.
 */
export interface Settings {
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly clientId: string;
    readonly credential: { readonly secret: string } | { readonly assertion: () => string };
    /** Default region of resources that name none. */
    readonly location: string | undefined;
}

/** @throws an Error naming each setting that is missing. */
export function readSettings(config: Properties, env: NodeJS.ProcessEnv): Settings {
    const missing: string[] = [];
    const required = (key: string, variable: string): string => {
        const value = text(config[key]) ?? env[`ARM_${variable}`] ?? env[`AZURE_${variable}`];
        if (!value) {
            missing.push(`azure-native:${key} (or ARM_${variable})`);
        }
        return value ?? "";
    };
    const identity = {
        tenantId: required("tenantId", "TENANT_ID"),
        subscriptionId: required("subscriptionId", "SUBSCRIPTION_ID"),
        clientId: required("clientId", "CLIENT_ID"),
    };
    const useOidc = (text(config.useOidc) ?? env.ARM_USE_OIDC) === "true";
    const credential = useOidc ? oidc(config, env) : { secret: required("clientSecret", "CLIENT_SECRET") };
    if (missing.length > 0 || !credential) {
        const names = credential
            ? missing
            : [...missing, "azure-native:oidcToken or oidcTokenFilePath (or ARM_OIDC_TOKEN)"];
        throw new Error(`The azure-native provider is not configured: set ${names.join(", ")}.`);
    }
    return { ...identity, credential, location: text(config.location) };
}

function oidc(config: Properties, env: NodeJS.ProcessEnv): { assertion: () => string } | undefined {
    const token = text(config.oidcToken) ?? env.ARM_OIDC_TOKEN;
    const path = text(config.oidcTokenFilePath) ?? env.ARM_OIDC_TOKEN_FILE_PATH ?? env.AZURE_FEDERATED_TOKEN_FILE;
    if (token) {
        return { assertion: () => token };
    }
    return path ? { assertion: () => readFileSync(path, "utf8").trim() } : undefined;
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : typeof value === "boolean" ? String(value) : undefined;
}
