import Ajv, { type ErrorObject } from "ajv";
import Ajv2019 from "ajv/dist/2019";
import Ajv2020 from "ajv/dist/2020";

/** A value that a values schema refuses. */
export interface RefusedValue {
    readonly path: readonly string[];
    /** Why, such as `must be string`. */
    readonly reason: string;
}

// The schemas are published ones: whether they are well formed is not the question, and a fast compilation is worth
// more than a fast validation of one document.
const options = {
    strict: false,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    code: { optimize: false },
} as const;
const dialects: readonly (readonly [name: string, ajv: Ajv])[] = [
    ["2020-12", new Ajv2020(options)],
    ["2019-09", new Ajv2019(options)],
    ["", new Ajv(options)],
];
const validators = new Map<object, ReturnType<Ajv["compile"]>>();

/**
 * What a chart's `values.schema.json` refuses of values that are merged with the chart's defaults, as Helm looks at
 * them before it renders anything. Formats are not checked.
 */
export function refusedValues(schema: object, values: unknown): RefusedValue[] {
    const validate = validators.get(schema) ?? compile(schema);
    validators.set(schema, validate);
    return validate(values) ? [] : (validate.errors ?? []).filter(isCause).map(refusal);
}

/** Two schemas may have the same `$id`, so it goes; their references are within themselves. */
function compile(schema: object): ReturnType<Ajv["compile"]> {
    const { $schema = "", ...rest } = schema as { readonly $schema?: string; $id?: string };
    delete rest.$id;
    const [, ajv] = dialects.find(([name]) => $schema.includes(name)) ?? [];
    return (ajv ?? new Ajv(options)).compile(rest);
}

/** One alternative that does not match is not a cause. That none matches is one. */
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
