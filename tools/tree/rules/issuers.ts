import type { Finding } from "../finding";
import { type Need, unmetNeeds } from "../needs";
import { entriesWithin, field, isMap, mapAt, textAt } from "../object";
import { inEveryCluster, type Manifest, type Tree } from "../tree";

const group = "cert-manager.io";

/** Every issuer of certificates that is named exists, in whichever layer: cert-manager waits for it. */
export function issuers(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => unmetNeeds(cluster, { of: needs, anywhere: true }));
}

function needs({ object }: Manifest): Need[] {
    const namespace = textAt(object, "spec.targetNamespace") ?? object.metadata.namespace ?? "";
    const nameOf = (kind: string, name: string) =>
        kind === "ClusterIssuer" ? `${kind} ${name}` : `Issuer ${namespace}/${name}`;
    const annotated = Object.entries({ "cluster-issuer": "ClusterIssuer", issuer: "Issuer" }).flatMap(
        ([suffix, kind]) => {
            const key = `${group}/${suffix}`;
            const name = mapAt(object, "metadata.annotations")[key];
            return typeof name === "string"
                ? [{ path: ["metadata", "annotations", key], what: nameOf(kind, name) }]
                : [];
        },
    );
    const referred = [...entriesWithin(object)]
        .filter(
            ({ key, value }) =>
                key === "issuerRef" && isMap(value) && typeof value.name === "string" && value.name !== "",
        )
        .filter(({ value }) => (field(value, "group") ?? group) === group)
        .map(({ path, value }) => ({
            path: [...path, "name"],
            what: nameOf(textAt(value, "kind") ?? "Issuer", textAt(value, "name") ?? ""),
        }));
    return [...annotated, ...referred];
}
