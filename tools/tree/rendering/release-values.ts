import { parse } from "yaml";
import { mergedValues } from "../charts";
import { field, list, textAt } from "../object";
import { type Cluster, everyOfKind, type Manifest } from "../tree";

/**
 * The values that Flux gives a release's chart: those of `valuesFrom`, and over them its own. A Secret is encrypted,
 * and what another program writes is not in the tree: in their place stands a text that says where it comes from.
 */
export function releaseValues(cluster: Cluster, { object }: Manifest): Record<string, unknown> {
    const referenced = list(object, "spec.valuesFrom").reduce<unknown>((values, reference) => {
        const key = textAt(reference, "valuesKey") ?? "values.yaml";
        const content = contentOf(cluster, reference, key);
        const target = textAt(reference, "targetPath");
        if (target !== undefined) {
            const source = `${textAt(reference, "kind")} ${textAt(reference, "name")}`;
            return mergedValues(values, nested(target, content ?? `from ${source}`));
        }
        return mergedValues(values, content === undefined ? {} : (parse(content) as unknown));
    }, {});
    return mergedValues(referenced, field(object, "spec.values") ?? {}) as Record<string, unknown>;
}

function contentOf(cluster: Cluster, reference: unknown, key: string): string | undefined {
    const found = everyOfKind(cluster, textAt(reference, "kind") ?? "").find(
        ({ object }) => object.metadata.name === textAt(reference, "name") && object.sops === undefined,
    );
    return textAt(found?.object, ["data", key]);
}

/** `a.b` with a value, as a map in a map; a dot of a key is written `\.`. */
function nested(path: string, value: unknown): unknown {
    const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
    return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
