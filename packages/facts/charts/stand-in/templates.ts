import type { ChartDefinition } from "../definition";
import { type Fact, factKey, factsIn, type RenderedFacts } from "../rendered";
import { manifestOf } from "./manifest";

/** Starts and ends a Helm expression in a string, where JSON is not read. */
const [open, close] = ["\u0001", "\u0002"];

/**
 * The objects of a stand-in as a Helm template: what its facts say, but for the fields that follow values. A release
 * that the facts do not know gets the objects of the first one that they do, under names of its own.
 */
export function objectsTemplate(definition: ChartDefinition): string {
    refuseUnknown(definition);
    const [first, ...others] = definition.rendered;
    if (first === undefined) {
        return "";
    }
    const branches = others.map(
        (facts) =>
            `{{- else if eq .Release.Name ${JSON.stringify(facts.release)} }}\n${releaseTemplate(definition, facts)}`,
    );
    // The first one comes last, as the one for every other name.
    return branches.length === 0
        ? releaseTemplate(definition, first)
        : `{{- if false }}\n${branches.join("")}{{- else }}\n${releaseTemplate(definition, first)}{{- end }}\n`;
}

function releaseTemplate(definition: ChartDefinition, facts: RenderedFacts): string {
    return objectsOf(facts)
        .filter(({ kind }) => kind !== "CustomResourceDefinition")
        .map((fact) => {
            const key = factKey(fact, facts.namespace);
            const annotations = definition.annotations[key];
            const follows = { ...definition.follows[key], ...(annotations && { annotations }) };
            const text = objectTemplate(ofRelease(following(fact, key, follows), facts), definition.specs[key]);
            const when = definition.when[key];
            return when === undefined ? text : `{{- if ${when} }}\n${text}{{- end }}\n`;
        })
        .join("");
}

function objectTemplate(fact: Fact, spec: string | undefined): string {
    const manifest = manifestOf(fact);
    if (spec === undefined) {
        return `---\n${helmJson(manifest)}\n`;
    }
    const { apiVersion, kind, metadata } = manifest;
    const head = Object.entries({ apiVersion, kind, metadata }).map(
        ([field, value]) => `${field}: ${helmJson(value)}\n`,
    );
    return `---\n${head.join("")}${spec.trimEnd()}\n`;
}

/** The objects of a release in whichever environment. */
function objectsOf(facts: RenderedFacts): Fact[] {
    const staging = factsIn(facts, "staging");
    const there = new Set(staging.map((fact) => factKey(fact)));
    return [...staging, ...factsIn(facts, "production").filter((fact) => !there.has(factKey(fact)))];
}

/** A line of `chart.yaml` about an object that the published chart does not make is about nothing. */
function refuseUnknown({ folder, rendered, follows, when, specs, annotations }: ChartDefinition): void {
    const known = new Set(rendered.flatMap((facts) => objectsOf(facts).map((fact) => factKey(fact, facts.namespace))));
    const unknown = [follows, when, specs, annotations].flatMap(Object.keys).find((key) => !known.has(key));
    if (unknown !== undefined) {
        throw new Error(
            `packages/facts/charts/${folder}/chart.yaml names ${unknown}, which the published chart does not make: ` +
                `packages/facts/charts/${folder}/rendered/ has what it makes`,
        );
    }
}

/** Puts expressions in the place of the fields that follow values. Parts of a list are named by their `name`. */
function following(fact: Fact, key: string, fields: Readonly<Record<string, string>>): Fact {
    const copy = structuredClone(fact) as unknown as Record<string, unknown>;
    for (const [path, expression] of Object.entries(fields)) {
        const steps = path.split(".");
        const last = steps.pop() ?? "";
        const parent = steps.reduce<unknown>((inner, step) => childOf(inner, step), copy);
        if (parent === undefined || parent === null || typeof parent !== "object") {
            throw new Error(`${key} has no ${path}, which chart.yaml says follows ${expression}`);
        }
        (parent as Record<string, unknown>)[last] = helm(`${expression} | toJson`);
    }
    return copy as unknown as Fact;
}

function childOf(inner: unknown, step: string): unknown {
    if (Array.isArray(inner)) {
        return inner.find(
            (item, index) => String(index) === step || (item as { name?: string }).name === step,
        ) as unknown;
    }
    return (inner as Record<string, unknown> | undefined)?.[step];
}

/** Replaces the release's own name and namespace. */
function ofRelease(fact: Fact, { release, namespace }: RenderedFacts): Fact {
    const replace = (value: unknown, field: string): unknown => {
        if (Array.isArray(value)) {
            return value.map((item) => replace(item, field));
        }
        if (typeof value === "object" && value !== null) {
            return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner, key)]));
        }
        if (typeof value !== "string" || value.includes(open)) {
            return value;
        }
        if (field === "namespace") {
            return value === namespace ? helm(".Release.Namespace") : value;
        }
        if (field === "app.kubernetes.io/instance") {
            return value === release ? helm(".Release.Name") : value;
        }
        if (field === "subjects" || field === "roleRef") {
            return value
                .split("/")
                .map((part, index, parts) =>
                    parts.length === 3 && index === 1 && part === namespace
                        ? helm(".Release.Namespace")
                        : index === parts.length - 1
                          ? named(part, release)
                          : part,
                )
                .join("/");
        }
        return ["serviceAccountName", "configMap", "secret", "target"].includes(field) ? named(value, release) : value;
    };
    const { name, ...others } = fact;
    return { ...(replace(others, "") as Fact), name: named(name, release) };
}

/** A name that starts with the release's. */
function named(name: string, release: string): string {
    if (name !== release && !name.startsWith(`${release}-`)) {
        return name;
    }
    const own = `(ternary .Release.Name (printf "%s-%s" .Release.Name "${release}") (contains "${release}" .Release.Name))`;
    return `${helm(own)}${name.slice(release.length)}`;
}

function helm(expression: string): string {
    return `${open}${expression}${close}`;
}

/** JSON in which expressions stand for values, or for parts of strings. */
function helmJson(value: unknown): string {
    const whole = new RegExp(`"${open}([^${close}]*\\| toJson)${close}"`, "g");
    const part = new RegExp(`${open}([^${close}]*)${close}`, "g");
    const plain = (text: string) => JSON.parse(`"${text}"`) as string;
    return JSON.stringify(value)
        .replaceAll("\\u0001", open)
        .replaceAll("\\u0002", close)
        .replaceAll("{{", '{{ "{{" }}')
        .replace(whole, (_, expression: string) => `{{ ${plain(expression)} }}`)
        .replace(part, (_, expression: string) => `{{ ${plain(expression)} }}`);
}
