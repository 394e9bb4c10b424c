import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { ChartDefinition, CustomKind } from "../definition";
import type { RenderedFacts } from "../rendered";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

/** A CustomResourceDefinition, as JSON. */
export interface Definition {
    readonly plural: string;
    readonly group: string;
    readonly text: string;
}

/**
 * Makes the CustomResourceDefinitions of a chart, with the versions, the conversion and the size that its facts say. A
 * version whose schema is not in `schemas` takes every field; one whose schema is has its types, patterns and CEL
 * rules, but not its defaults and printer columns.
 */
export async function customResourceDefinitions(
    { folder, crds, rendered }: ChartDefinition,
    schemas: string,
    fluxOperatorSource: string,
): Promise<Definition[]> {
    if (crds === undefined) {
        return [];
    }
    const objects =
        crds.from === "flux-operator"
            ? await readDefinitionFolder(join(fluxOperatorSource, "config", "crd", "bases"))
            : await Promise.all(
                  pairs(folder, crds.kinds ?? [], rendered).map(([fact, kind]) =>
                      definitionOf(fact, kind, schemas, crds.keep),
                  ),
              );
    return objects.map((object) => {
        const spec = object.spec as { group: string; names: { plural: string } };
        return { plural: spec.names.plural, group: spec.group, text: JSON.stringify(object) + "\n" };
    });
}

/** What is kept of a published definition. */
export interface DefinitionFact {
    readonly name: string;
    readonly versions: readonly string[];
    readonly conversion: string;
    readonly bytes: number;
}

/** Each definition of the facts with what chart.yaml says of it. */
function pairs(
    folder: string,
    kinds: readonly CustomKind[],
    rendered: readonly RenderedFacts[],
): [DefinitionFact, CustomKind][] {
    const facts = rendered
        .flatMap(({ objects }) => objects)
        .filter(({ kind }) => kind === "CustomResourceDefinition") as unknown as DefinitionFact[];
    const file = `packages/facts/charts/${folder}/chart.yaml`;
    const other = kinds.find((kind) => !facts.some(({ name }) => name === nameOf(kind)));
    if (other) {
        throw new Error(
            `${file} has kind ${other.kind}, whose definition ${nameOf(other)} the published chart does not make`,
        );
    }
    return facts.map((fact) => {
        const found = kinds.find((kind) => nameOf(kind) === fact.name);
        if (!found) {
            throw new Error(
                `${file} has no kind of definition ${fact.name}, which the published chart makes: add it to crds.kinds`,
            );
        }
        return [fact, found];
    });
}

function pluralOf({ kind, plural }: CustomKind): string {
    return plural ?? `${kind.toLowerCase()}s`;
}

/** `<plural>.<group>`. */
export function nameOf(kind: CustomKind): string {
    return `${pluralOf(kind)}.${kind.group}`;
}

async function readDefinitionFolder(folder: string): Promise<JsonObject[]> {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return Promise.all(files.map(async (name) => parse(await readFile(join(folder, name), "utf8")) as JsonObject));
}

/** Makes one definition, as long as the published one. */
export async function definitionOf(
    fact: DefinitionFact,
    custom: CustomKind,
    schemas: string,
    keep: boolean,
): Promise<JsonObject> {
    const { group, kind, scope, shortNames, conversion } = custom;
    const plural = pluralOf(custom);
    const names: JsonObject = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames };
    const versions = await Promise.all(
        fact.versions.map(async (version) => ({
            ...{ name: version, served: true, storage: version === custom.version },
            schema: { openAPIV3Schema: await schemaOf({ ...custom, version }, schemas) },
            subresources: { status: {} },
        })),
    );
    const annotations = { ...approvalOf(group), ...(keep && { "helm.sh/resource-policy": "keep" }) };
    const object = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: fact.name, annotations },
        spec: {
            ...{ group, names, scope, versions },
            ...(fact.conversion === "Webhook" && {
                conversion: {
                    strategy: "Webhook",
                    webhook: { clientConfig: { service: conversion }, conversionReviewVersions: ["v1"] },
                },
            }),
        },
    } as unknown as JsonObject;
    return ofSize(object, versions[0]?.schema.openAPIV3Schema as JsonObject, fact);
}

/** Makes a definition as long as the published one, whose texts are not here, by a description. */
function ofSize(object: JsonObject, schema: JsonObject, { name, bytes }: DefinitionFact): JsonObject {
    schema.description = "";
    const missing = bytes - Buffer.byteLength(JSON.stringify(object));
    if (missing < 0) {
        throw new Error(
            `The definition ${name} has ${bytes - missing} bytes, and the published one ${bytes}: its schema is of another version`,
        );
    }
    schema.description = "The published description is not here. ".repeat(missing / 39 + 1).slice(0, missing);
    return object;
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
