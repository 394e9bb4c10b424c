import type { KubernetesObject } from "./object";

/** What a substitution found: the names that the text uses, and those of them that have neither value nor default. */
export interface Substituted {
    readonly text: string;
    readonly used: ReadonlySet<string>;
    readonly missing: ReadonlySet<string>;
    /** Expressions that are none of the forms that the tree uses. */
    readonly odd: ReadonlySet<string>;
}

/**
 * Substitutes variables as Flux does with its StrictPostBuildSubstitutions gate on: `${name}`, `${name:=default}` and
 * the like, `$$` for a literal dollar. Works on the text of a manifest, so that a value which YAML reads as a number or
 * a boolean changes its type here as it does in Flux. What has no value is left as it is, and named in the result; so
 * are envsubst's string functions, which the tree has no use for.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substitute(text: string, values: Readonly<Record<string, string>>): Substituted {
    const [used, missing, odd] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const result = text.replace(/\$\$|\$\{([^}]*)\}/g, (match, expression?: string) => {
        if (expression === undefined) {
            return "$";
        }
        const parts = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])(.*))?$/s.exec(expression);
        if (!parts) {
            odd.add(match);
            return match;
        }
        const [, name = "", operator, fallback] = parts;
        used.add(name);
        const value = values[name];
        if (operator !== undefined && (value === undefined || (operator.startsWith(":") && value === ""))) {
            return fallback ?? "";
        }
        if (value === undefined) {
            missing.add(name);
            return match;
        }
        return value;
    });
    return { text: result, used, missing, odd };
}

/** Flux leaves an object alone that says so in a label or an annotation. */
export function isSubstitutionOff(object: KubernetesObject): boolean {
    const key = "kustomize.toolkit.fluxcd.io/substitute";
    const { labels, annotations } = object.metadata as Record<string, Record<string, string> | undefined>;
    return labels?.[key] === "disabled" || annotations?.[key] === "disabled";
}
