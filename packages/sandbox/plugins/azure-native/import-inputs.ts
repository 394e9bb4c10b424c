import type { ResourceType } from "../../azure/arm/resource-types";
import { without } from "../../azure/arm/without";
import type { Properties } from "../provider";

/** The part of a JSON schema that names properties. */
interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean | Schema;
    readonly items?: Schema;
    readonly $ref?: string;
    readonly definitions?: Readonly<Record<string, Schema>>;
}

/**
 * The inputs of a resource that is imported: the parameters of its address, and everything that Azure shows and an
 * input could have said, whether somebody has said it or Azure has filled it in.
 */
export function importInputs(
    type: ResourceType,
    parameters: Readonly<Record<string, string>>,
    outputs: Properties,
): Properties {
    const name = type.token.replace(":", ".");
    // In this form the schemas get into the bundle of the plugin.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const schema = require(`../../azure/arm/schemas/${name}.json`) as Schema;
    const shown = asInput(schema, withIdentityList(outputs), schema.definitions ?? {});
    return { ...(shown as Properties), ...without(parameters, "subscriptionId") };
}

function asInput(schema: Schema, value: unknown, definitions: Readonly<Record<string, Schema>>): unknown {
    const { properties, additionalProperties, items } = resolved(schema, definitions);
    if (Array.isArray(value)) {
        return items ? value.map((item: unknown) => asInput(items, item, definitions)) : value;
    }
    if (typeof value !== "object" || value === null || (!properties && typeof additionalProperties !== "object")) {
        return value;
    }
    const entries = Object.entries(value).flatMap(([name, own]): [string, unknown][] => {
        const rule =
            properties?.[name] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
        return rule === undefined || own === null || own === undefined ? [] : [[name, asInput(rule, own, definitions)]];
    });
    return Object.fromEntries(entries);
}

function resolved(schema: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
    const name = schema.$ref?.replace("#/definitions/", "");
    return name === undefined ? schema : (definitions[name] ?? {});
}

/** Azure shows a resource's identities as a map, and is given a list. */
function withIdentityList(outputs: Properties): Properties {
    const { identity } = outputs as { identity?: { userAssignedIdentities?: object } };
    const map = identity?.userAssignedIdentities;
    return map === undefined || Array.isArray(map)
        ? outputs
        : { ...outputs, identity: { ...identity, userAssignedIdentities: Object.keys(map) } };
}
