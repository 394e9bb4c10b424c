import { parse } from "yaml";
import type { KubernetesObject } from "../object";

/** An object that a chart makes. */
export interface MadeObject {
    readonly object: KubernetesObject;
    /** Helm runs a hook at an event, and does not keep it in the release. */
    readonly isHook: boolean;
    /** Whether it lies in a `crds/` folder, which Helm installs before the templates and does not keep either. */
    readonly isFromCrds: boolean;
}

/**
 * The objects in what `helm template` prints. Of definitions the schemas are left out: they are most of the text, and
 * no rule on renderings looks at them.
 */
export function madeObjects(text: string): MadeObject[] {
    return documentsOf(text).flatMap(({ text: document, isFromCrds }) => {
        const object = parse(withoutSchemas(document)) as KubernetesObject | null;
        const annotations = object?.metadata.annotations as Record<string, unknown> | undefined;
        const isHook = annotations?.["helm.sh/hook"] !== undefined;
        return object === null ? [] : [{ object: pared(object), isHook, isFromCrds }];
    });
}

export interface PrintedDocument {
    readonly text: string;
    /** The file of the chart that it is from. */
    readonly source: string;
    readonly isFromCrds: boolean;
}

/** What Helm prints, by document. A file of several, or that begins with a separator, has its name before the first. */
export function documentsOf(printed: string): PrintedDocument[] {
    let source = "";
    return printed.split(/^---.*\n/m).flatMap((text) => {
        source = /^# Source: (.*)$/m.exec(text)?.[1] ?? source;
        return text.replace(/^#.*\n/gm, "").trim() === "" ? [] : [{ text, source, isFromCrds: isInCrds(source) }];
    });
}

/** `<chart>/crds/…`, in a sub-chart too. */
function isInCrds(source: string): boolean {
    return /^[^/]+\/(charts\/[^/]+\/)*crds\//.test(source);
}

/** Parsing schemas would take most of the time, so their lines go before. */
function withoutSchemas(document: string): string {
    if (!/^kind: "?CustomResourceDefinition"?$/m.test(document)) {
        return document;
    }
    let depth: number | undefined;
    return document
        .split("\n")
        .filter((line) => {
            const indent = line.search(/\S/);
            if (depth !== undefined && (indent > depth || indent < 0)) {
                return false;
            }
            depth = /^\s+schema:\s*$/.test(line) ? indent : undefined;
            return depth === undefined;
        })
        .join("\n");
}

/** The same for a definition that is written as JSON. */
function pared(object: KubernetesObject): KubernetesObject {
    const spec = object.spec as { readonly versions?: readonly object[] } | undefined;
    if (object.kind !== "CustomResourceDefinition" || spec?.versions === undefined) {
        return object;
    }
    return {
        ...object,
        spec: { ...spec, versions: spec.versions.map((version) => ({ ...version, schema: undefined })) },
    };
}
