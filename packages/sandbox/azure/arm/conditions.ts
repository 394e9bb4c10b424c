import { ArmError } from "./arm-error";

/** What a condition looks at of a request. */
export interface ConditionRequest {
    readonly action: string;
    /** By name as a condition writes it: `Microsoft.ContainerRegistry/registries/repositories:name`. */
    readonly attributes: Readonly<Record<string, string>>;
}

type Condition = (request: ConditionRequest) => boolean;

const tokens = /\s*(\(|\)|!|&&|\|\||AND\b|OR\b|ActionMatches\{'[^']*'\}|@Request\[[^\]]+\]|'[^']*'|[A-Za-z]+)/gy;

const operators: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
    StringEquals: (value, wanted) => value === wanted,
    StringEqualsIgnoreCase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
    StringStartsWith: (value, wanted) => value.startsWith(wanted),
    StringStartsWithIgnoreCase: (value, wanted) => value.toLowerCase().startsWith(wanted.toLowerCase()),
};

/**
 * A condition of a role assignment, in the part of Azure's language that compares a request's attributes with one text.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-format
 * @throws ArmError when it is not in that part.
 */
export function parseCondition(source: string): Condition {
    const found = [...source.matchAll(tokens)];
    const end = found.reduce((length, [token]) => length + token.length, 0);
    if (source.slice(end).trim() !== "") {
        throw unsupported(source);
    }
    const left = found.map(([, token = ""]) => token);
    const take = (token: string) => (left[0] === token ? left.shift() !== undefined : false);
    const all = (): Condition => {
        const parts = [not()];
        while (take("AND") || take("&&")) {
            parts.push(not());
        }
        return (request) => parts.every((part) => part(request));
    };
    const any = (): Condition => {
        const parts = [all()];
        while (take("OR") || take("||")) {
            parts.push(all());
        }
        return (request) => parts.some((part) => part(request));
    };
    const not = (): Condition => {
        if (take("!")) {
            const part = not();
            return (request) => !part(request);
        }
        if (take("(")) {
            const part = any();
            if (!take(")")) {
                throw unsupported(source);
            }
            return part;
        }
        return comparison();
    };
    const comparison = (): Condition => {
        const [first = "", second = "", third = ""] = left;
        const matched = /^ActionMatches\{'(.*)'\}$/.exec(first)?.[1];
        if (matched !== undefined) {
            left.shift();
            return ({ action }) => action.toLowerCase() === matched.toLowerCase();
        }
        const attribute = /^@Request\[(.+)\]$/.exec(first)?.[1];
        const compare = operators[second];
        const wanted = /^'(.*)'$/.exec(third)?.[1];
        if (attribute === undefined || !compare || wanted === undefined) {
            throw unsupported(source);
        }
        left.splice(0, 3);
        return ({ attributes }) => {
            const value = attributes[attribute];
            return value !== undefined && compare(value, wanted);
        };
    };
    const condition = any();
    if (left.length > 0) {
        throw unsupported(source);
    }
    return condition;
}

function unsupported(source: string): ArmError {
    return new ArmError(
        400,
        "InvalidRoleAssignmentCondition",
        `The sandbox does not read this condition of a role assignment: ${source}`,
        "condition",
    );
}
