import { unprocessable } from "./answers";

export type Body = Readonly<Record<string, unknown>>;

const shown = (value: unknown): string => (value === null ? "nil" : JSON.stringify(value));

function wrongType(name: string, value: unknown, kind: string): never {
    throw unprocessable(`Invalid request.\n\nFor 'properties/${name}', ${shown(value)} is not ${kind}.`);
}

function missing(name: string): never {
    throw unprocessable(`Invalid request.\n\n"${name}" wasn't supplied.`);
}

export function optionalText(body: Body, name: string): string | undefined {
    const value = body[name];
    if (value === undefined || value === null) {
        return undefined;
    }
    return typeof value === "string" ? value : wrongType(name, value, "a string");
}

export const text = (body: Body, name: string): string => optionalText(body, name) ?? missing(name);

export function optionalFlag(body: Body, name: string): boolean | undefined {
    const value = body[name];
    if (value === undefined || value === null) {
        return undefined;
    }
    return typeof value === "boolean" ? value : wrongType(name, value, "a boolean");
}

export function optionalList(body: Body, name: string): readonly unknown[] | undefined {
    const value = body[name];
    if (value === undefined || value === null) {
        return undefined;
    }
    return Array.isArray(value) ? (value as unknown[]) : wrongType(name, value, "an array");
}

export const list = (body: Body, name: string): readonly unknown[] => optionalList(body, name) ?? missing(name);

export function optionalObject(body: Body, name: string): Body | undefined {
    const value = body[name];
    if (value === undefined || value === null) {
        return undefined;
    }
    return typeof value === "object" && !Array.isArray(value) ? (value as Body) : wrongType(name, value, "an object");
}

/** One of a fixed set of words. */
export function optionalChoice<T extends string>(body: Body, name: string, choices: readonly T[]): T | undefined {
    const value = optionalText(body, name);
    if (value === undefined) {
        return undefined;
    }
    const choice = choices.find((candidate) => candidate === value);
    return choice ?? wrongType(name, value, `a member of ${JSON.stringify(choices)}`);
}

/** An object id. GitHub requires all forty characters. */
export function sha(body: Body, name: string): string {
    const value = text(body, name);
    if (!/^[0-9a-f]{40}$/.test(value)) {
        throw unprocessable(`The ${name} parameter must be exactly 40 characters and contain only [0-9a-f].`);
    }
    return value;
}
