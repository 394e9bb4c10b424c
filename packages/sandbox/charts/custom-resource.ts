import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CustomKind, CustomKinds } from "@landfall/facts";
import { parse } from "yaml";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

/** A CustomResourceDefinition, as JSON. */
export interface Definition {
    readonly plural: string;
    readonly group: string;
    readonly text: string;
}

/**
 * Makes the CustomResourceDefinitions of a chart. A kind whose schema is not in `schemas` takes every field; one whose
 * schema is has its types, patterns and CEL rules, but not its defaults, printer columns and other versions.
 */
export async function customResourceDefinitions(
    crds: CustomKinds,
    schemas: string,
    fluxOperatorSource: string,
): Promise<Definition[]> {
    const objects =
        crds.from === "flux-operator"
            ? await readDefinitionFolder(join(fluxOperatorSource, "config", "crd", "bases"))
            : await Promise.all((crds.kinds ?? []).map((kind) => definitionOf(kind, schemas)));
    return objects.map((object) => {
        const spec = object.spec as { group: string; names: { plural: string } };
        const metadata = { ...(object.metadata as JsonObject) };
        if (crds.keep) {
            metadata.annotations = { ...(metadata.annotations as JsonObject), "helm.sh/resource-policy": "keep" };
        }
        const text = JSON.stringify({ ...object, metadata }) + "\n";
        return { plural: spec.names.plural, group: spec.group, text };
    });
}

async function readDefinitionFolder(folder: string): Promise<JsonObject[]> {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return Promise.all(files.map(async (name) => parse(await readFile(join(folder, name), "utf8")) as JsonObject));
}

async function definitionOf(custom: CustomKind, schemas: string): Promise<JsonObject> {
    const { group, version, kind, scope, shortNames } = custom;
    const plural = custom.plural ?? `${kind.toLowerCase()}s`;
    const names: JsonObject = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames };
    const schema = await schemaOf(custom, schemas);
    return {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${plural}.${group}`, annotations: approvalOf(group) },
        spec: {
            group,
            names,
            scope,
            versions: [
                {
                    name: version,
                    served: true,
                    storage: true,
                    schema: { openAPIV3Schema: schema },
                    subresources: { status: {} },
                },
            ],
        },
    };
}

/** The API server asks for the approval of definitions in the groups of the Kubernetes project, or for its absence. */
function approvalOf(group: string): JsonObject {
    const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
    return isProtected ? { "api-approved.kubernetes.io": "unapproved, made by the sandbox" } : {};
}

async function schemaOf(custom: CustomKind, schemas: string): Promise<Json> {
    const kind = (custom.schemaOf ?? custom.kind).toLowerCase();
    try {
        const text = await readFile(join(schemas, custom.group, `${kind}_${custom.version}.json`), "utf8");
        return structural(JSON.parse(text) as Json);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            throw error;
        }
        return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    }
}

/**
 * Undoes what makes a strict JSON schema out of a CustomResourceDefinition's: closed objects, null as a type, and
 * bounds.
 */
function structural(schema: Json): Json {
    if (Array.isArray(schema)) {
        return schema.map(structural);
    }
    if (schema === null || typeof schema !== "object") {
        return schema;
    }
    const result: JsonObject = {};
    for (const [key, value] of Object.entries(schema)) {
        if (key === "additionalProperties" && value === false) {
            continue;
        }
        if (key === "type" && Array.isArray(value)) {
            result.type = value.find((type) => type !== "null") ?? "object";
            result.nullable = true;
        } else if (key === "properties" && value !== null && typeof value === "object" && !Array.isArray(value)) {
            result.properties = Object.fromEntries(
                Object.entries(value).map(([name, property]) => [name, structural(property)]),
            );
        } else if ((key === "exclusiveMinimum" || key === "exclusiveMaximum") && typeof value === "number") {
            result[key.replace("exclusiveM", "m")] = value;
            result[key] = true;
        } else if (key !== "$schema") {
            result[key] = structural(value);
        }
    }
    return result;
}
