import Ajv, { type ErrorObject } from "ajv";
import Ajv2019 from "ajv/dist/2019";
import Ajv2020 from "ajv/dist/2020";

/** A value that a values schema refuses. */
export interface RefusedValue {
    readonly path: readonly string[];
    /** Why, such as `must be string`. */
    readonly reason: string;
}

const options = { strict: false, allErrors: true, validateFormats: false, logger: false } as const;
const validators = new Map<object, ReturnType<Ajv["compile"]>>();

/**
 * What a chart's `values.schema.json` refuses of values that are merged with the chart's defaults, as Helm looks at them
 * before it renders anything. Formats are not checked.
 */
export function refusedValues(schema: object, values: unknown): RefusedValue[] {
    const validate = validators.get(schema) ?? compile(schema);
    validators.set(schema, validate);
    return validate(values) ? [] : (validate.errors ?? []).filter(isCause).map(refusal);
}

function compile(schema: object): ReturnType<Ajv["compile"]> {
    const { $schema, ...rest } = schema as { readonly $schema?: string };
    const dialect = $schema?.includes("2020-12") ? Ajv2020 : $schema?.includes("2019-09") ? Ajv2019 : Ajv;
    return new dialect(options).compile(rest);
}

/** A branch of alternatives that does not match is no cause; that none matches is one. */
function isCause({ keyword, schemaPath }: ErrorObject): boolean {
    return keyword !== "if" && !/\/(anyOf|oneOf)\/\d+\//.test(schemaPath);
}

function refusal({ instancePath, keyword, params, message }: ErrorObject): RefusedValue {
    const path = instancePath
        .split("/")
        .slice(1)
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const { additionalProperty, allowedValues, missingProperty } = params as Record<string, unknown>;
    if (keyword === "additionalProperties") {
        return { path: [...path, String(additionalProperty)], reason: "is not a value of the chart" };
    }
    if (keyword === "required") {
        return { path: [...path, String(missingProperty)], reason: "is missing" };
    }
    const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(", ")}` : "";
    return { path, reason: `${message ?? keyword}${values}` };
}
