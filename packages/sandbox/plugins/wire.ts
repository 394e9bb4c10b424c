/**
 * Property values on the wire and as a provider sees them.
 *
 * The engine wraps a secret as an object with two signature fields, and stands a well-known UUID in for a value that is
 * not known yet (github.com/pulumi/pulumi, pkg/resource/plugin/rpc.go and sdk/go/common/resource/sig). Here both are
 * taken off on the way in, and what was secret is remembered by path so that it can be wrapped again on the way out.
 */
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Properties, unknown } from "./provider";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownStrings = new Set([
    unknownString,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Which parts of a value are secret: all of it (`true`), or some children, by key or index. */
export type Secrets = true | { readonly children: ReadonlyMap<string, Secrets>; readonly length?: number };

export interface Decoded {
    readonly values: Properties;
    readonly secrets: Secrets;
}

const nothing: Secrets = { children: new Map() };

/** Plain values of a message's properties, with the paths that were secret. A missing message is an empty object. */
export function decode(struct: Struct | undefined): Decoded {
    const { value, secrets } = decodeValue(struct?.toJavaScript() ?? {});
    return { values: value as Properties, secrets: secrets ?? nothing };
}

function decodeValue(wire: unknown): { value: unknown; secrets?: Secrets } {
    if (typeof wire === "string") {
        return { value: unknownStrings.has(wire) ? unknown : wire };
    }
    if (typeof wire !== "object" || wire === null) {
        return { value: wire };
    }
    const object = wire as Record<string, unknown>;
    if (object[signatureKey] === secretSignature) {
        return { value: decodeValue(object.value).value, secrets: true };
    }
    const children = new Map<string, Secrets>();
    const entries = Object.entries(object).map(([key, child]) => {
        const { value, secrets } = decodeValue(child);
        if (secrets) {
            children.set(key, secrets);
        }
        return [key, value] as const;
    });
    const isArray = Array.isArray(wire);
    return {
        value: isArray ? entries.map(([, value]) => value) : Object.fromEntries(entries),
        secrets: children.size > 0 ? { children, length: isArray ? entries.length : undefined } : undefined,
    };
}

/** The message for `values`, wrapping as secrets the paths of `secrets` and the top-level properties of `names`. */
export function encode(values: Properties, secrets: Secrets = nothing, names: readonly string[] = []): Struct {
    const wire = encodeValue(values, merge(secrets, { children: new Map(names.map((name) => [name, true])) }), true);
    return Struct.fromJavaScript(wire as Record<string, JavaScriptValue>);
}

function encodeValue(value: unknown, secrets: Secrets | undefined, isRoot = false): unknown {
    const isList = Array.isArray(value);
    // Elements of a list that grew or shrank may have moved, so that it can only be kept secret as a whole.
    const isMoved =
        secrets !== undefined &&
        secrets !== true &&
        secrets.length !== undefined &&
        (!isList || secrets.length !== value.length);
    if (!isRoot && (secrets === true || isMoved)) {
        return { [signatureKey]: secretSignature, value: encodeValue(value, undefined) };
    }
    if (value === unknown) {
        return unknownString;
    }
    if (isList) {
        return value.map((item, index) => encodeValue(item ?? null, child(secrets, String(index))));
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.entries(value)
                .filter(([, item]) => item !== undefined)
                .map(([key, item]) => [key, encodeValue(item, child(secrets, key))]),
        );
    }
    return value;
}

function child(secrets: Secrets | undefined, key: string): Secrets | undefined {
    return secrets === undefined || secrets === true ? undefined : secrets.children.get(key);
}

/** What is secret in either. */
export function merge(left: Secrets, right: Secrets): Secrets {
    if (left === true || right === true) {
        return true;
    }
    const children = new Map(left.children);
    for (const [key, value] of right.children) {
        const other = children.get(key);
        children.set(key, other === undefined ? value : merge(other, value));
    }
    // Lists of different lengths cannot be matched by index: a length that no list has makes the whole of it secret.
    const length = left.length ?? right.length;
    return { children, length: right.length !== undefined && right.length !== length ? -1 : length };
}
