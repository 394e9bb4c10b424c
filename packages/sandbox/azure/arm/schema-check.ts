import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "./arm-error";
import type { ResourceType } from "./resource-types";

const ajv = new Ajv({ strict: true, allErrors: true });
const compiled = new Map<string, ValidateFunction>();

/**
 * Checks a resource's inputs, path parameters among them, against the schema of its type.
 * @throws an ArmError of status 400 that names each property at fault and its rule.
 */
export function checkSchema(type: ResourceType, inputs: Properties): void {
    const validate = validator(type);
    if (validate(inputs)) {
        return;
    }
    // The branches of an anyOf each complain; what the user needs is the rule above them.
    const errors = (validate.errors ?? []).filter(({ schemaPath }) => !/\/anyOf\/\d/.test(schemaPath));
    const first = errors[0];
    const code = first?.keyword === "additionalProperties" ? "InvalidRequestContent" : "InvalidParameter";
    throw new ArmError(400, code, errors.map(describe).join(" "), first && propertyPath(first));
}

function validator(type: ResourceType): ValidateFunction {
    const file = join(__dirname, "schemas", `${type.token.replace(":", ".")}.json`);
    const known = compiled.get(type.token) ?? ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
    compiled.set(type.token, known);
    return known;
}

function describe(error: ErrorObject): string {
    const path = propertyPath(error);
    const params = error.params as Record<string, unknown>;
    switch (error.keyword) {
        case "additionalProperties":
            return `Could not find member '${path}'.`;
        case "required":
            return `Required parameter '${path}' is missing (null).`;
        case "enum":
            return `The value of parameter '${path}' is invalid: it must be one of ${(params.allowedValues as unknown[]).join(", ")}.`;
        default:
            return `The value of parameter '${path || "body"}' is invalid: it ${error.message ?? error.keyword}.`;
    }
}

function propertyPath(error: ErrorObject): string {
    const params = error.params as { additionalProperty?: string; missingProperty?: string };
    const steps = error.instancePath.split("/").slice(1);
    const last = params.additionalProperty ?? params.missingProperty;
    return [...steps, ...(last === undefined ? [] : [last])]
        .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step.replace(/~1/g, "/").replace(/~0/g, "~")}`))
        .join("")
        .replace(/^\./, "");
}
