import { parse } from "yaml";
import type { Problem } from "./settings-rules";
import type { SettingValues } from "./settings-schema";

/**
 * Names that manifests take through a variable and that YAML would read as something else than text. Flux puts a value
 * into the text of a manifest, where kustomize has left out quotes that it thought nobody needs, and reads the result
 * as YAML. A storage account `20240115` is a number there, an environment `no` is false, and both are refused by what
 * expects a name, once everything is made and the name cannot be changed any more.
 *
 * @see https://github.com/fluxcd/kustomize-controller/issues/1129
 */
export function namesInYaml(
    stack: string,
    values: Pick<SettingValues, "environment" | "fleetBranch" | "storageAccountName" | "domain">,
): Problem[] {
    const { environment, fleetBranch, storageAccountName, domain } = values;
    const ofStack = environment === undefined ? " (the stack's name)" : "";
    const names = { environment: environment ?? stack, fleetBranch, storageAccountName, domain };
    return Object.entries(names).flatMap(([key, name]) => {
        const type = name === undefined ? undefined : typeInYaml(name);
        const whose = key === "environment" ? ofStack : "";
        const message = `${name}${whose} is ${type} to YAML, and manifests need text; choose a name that is nothing but text, such as x${name}`;
        return type === undefined ? [] : [{ key: `landfall:${key}`, message }];
    });
}

/** What YAML reads a plain text as, if not as text. The versions differ, and Go's library reads some of each. */
function typeInYaml(text: string): string | undefined {
    for (const version of ["1.1", "1.2"] as const) {
        const value = valueOf(text, version);
        if (value !== text) {
            return kinds[typeof value] ?? (value === null ? "null" : "a date or a list");
        }
    }
    return undefined;
}

const kinds: Readonly<Record<string, string>> = {
    number: "a number",
    bigint: "a number",
    boolean: "true or false",
    undefined: "no text",
};

function valueOf(text: string, version: "1.1" | "1.2"): unknown {
    try {
        return parse(text, { version, logLevel: "silent" });
    } catch {
        return undefined;
    }
}
