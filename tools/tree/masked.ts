import { allOf, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { isMap, type KubernetesObject } from "./object";

/** Parts of a Secret whose values nobody is to see. */
const secretParts = ["data", "stringData"];

/**
 * An object as it may be shown: a Secret without its values, encrypted or not. With `other`, the same Secret before or
 * after, a value that is not the same there says so.
 */
export function masked(object: KubernetesObject, other?: KubernetesObject): KubernetesObject {
    if (object.kind !== "Secret") {
        return object;
    }
    const { sops, ...shown } = object;
    const parts = secretParts
        .filter((part) => isMap(shown[part]))
        .map((part): [string, unknown] => [
            part,
            Object.fromEntries(
                Object.entries(shown[part] as Record<string, unknown>).map(([key, value]) => {
                    const theirs = isMap(other?.[part]) ? other[part][key] : undefined;
                    return [key, theirs !== undefined && theirs !== value ? "(hidden, another value)" : "(hidden)"];
                }),
            ),
        ]);
    const encryptedTo = sops === undefined ? {} : { "encrypted to": allOf(recipientsIn(object)) };
    return { ...shown, ...Object.fromEntries(parts), ...encryptedTo };
}
