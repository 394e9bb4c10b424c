import { jsonPath } from "./json-path";
import type { ResourceObject } from "./object";

/** What `object` still lacks, or undefined when there is nothing left to wait for. */
export type Wait = (object: ResourceObject) => string | undefined;

/**
 * The waits that an annotation `pulumi.com/waitFor` asks for: `condition=Ready`, `condition=Ready=False`,
 * `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}`, or a JSON list of such, all of which must hold.
 *
 * @throws an Error when the annotation is none of these.
 */
export function parseWaitFor(annotation: string): Wait[] {
    const list = annotation.trim().startsWith("[") ? (JSON.parse(annotation) as string[]) : [annotation];
    return list.map(parseOne);
}

function parseOne(text: string): Wait {
    const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
    if (condition?.[1]) {
        return waitForCondition(condition[1], condition[2] ?? "True");
    }
    const [, path, expected] = /^jsonpath=(\{.*\})(?:=(.*))?$/s.exec(text) ?? [];
    if (path !== undefined) {
        jsonPath(path, {});
        return waitForValue(path, expected);
    }
    throw new Error(
        `pulumi.com/waitFor does not know "${text}": write condition=Ready or jsonpath={.status.phase}=Running.`,
    );
}

/** As `kubectl wait --for=condition`: a condition of an older generation does not count. */
export function waitForCondition(type: string, expected: string): Wait {
    return ({ metadata, status }) => {
        const condition = status?.conditions?.find((each) => each.type.toLowerCase() === type.toLowerCase());
        const observed = condition?.observedGeneration ?? status?.observedGeneration ?? metadata.generation ?? 0;
        const isCurrent = observed >= (metadata.generation ?? 0);
        if (isCurrent && condition?.status.toLowerCase() === expected.toLowerCase()) {
            return undefined;
        }
        return `condition ${type} is ${isCurrent ? (condition?.status ?? "absent") : "of an older generation"}, not ${expected}`;
    };
}

function waitForValue(path: string, expected: string | undefined): Wait {
    return (object) => {
        const values = jsonPath(path, object);
        if (expected === undefined) {
            return values.length > 0 ? undefined : `${path} has no value`;
        }
        const isMet = values.length > 0 && values.every((value) => scalar(value) === expected);
        return isMet ? undefined : `${path} is ${values.map(scalar).join(", ") || "absent"}, not ${expected}`;
    };
}

function scalar(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
