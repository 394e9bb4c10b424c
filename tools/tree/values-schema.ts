import { isMap } from "./object";

/** A values schema, as far as it names keys. */
export interface ValuesSchema {
    readonly $ref?: string;
    readonly properties?: Readonly<Record<string, ValuesSchema>>;
    readonly additionalProperties?: unknown;
    readonly patternProperties?: unknown;
    readonly anyOf?: readonly ValuesSchema[];
    readonly oneOf?: readonly ValuesSchema[];
    readonly allOf?: readonly ValuesSchema[];
    readonly [keyword: string]: unknown;
}

/** The keys that a schema names, and whether it says that there may be others. */
export interface Properties {
    readonly properties: Readonly<Record<string, ValuesSchema>>;
    readonly isOpen: boolean;
}

/** The keys that a schema names at its top, through references and alternatives. */
export function propertiesOf(schema: ValuesSchema | undefined, root: ValuesSchema): Properties {
    if (!isMap(schema)) {
        return { properties: {}, isOpen: false };
    }
    const parts = [
        ...(schema.$ref?.startsWith("#/") === true ? [resolve(schema.$ref, root)] : []),
        ...(schema.anyOf ?? []),
        ...(schema.oneOf ?? []),
        ...(schema.allOf ?? []),
    ].map((part) => propertiesOf(part, root));
    const properties = Object.assign(
        {},
        ...parts.map((part) => part.properties),
        schema.properties,
    ) as Properties["properties"];
    // Generated schemas say true of every map; it means something only where the schema names no key.
    const saysTrue = schema.additionalProperties === true && Object.keys(properties).length === 0;
    const saysOpen = saysTrue || isMap(schema.additionalProperties) || isMap(schema.patternProperties);
    return {
        properties,
        isOpen: saysOpen || parts.some(({ isOpen }) => isOpen),
    };
}

function resolve(reference: string, root: ValuesSchema): ValuesSchema | undefined {
    const keys = reference.slice(2).split("/").map(decodeURIComponent);
    return keys.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), root) as ValuesSchema | undefined;
}
