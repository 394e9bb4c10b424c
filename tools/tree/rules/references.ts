import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { entriesWithin, field, type KubernetesObject, list, mapAt, textAt } from "../object";
import { inEveryCluster, type Manifest, type Tree } from "../tree";

/** What the program makes before the first layer. */
const always = ["Secret flux-system/flux-system", "Secret flux-system/sops-gpg", "ConfigMap flux-system/cluster-vars"];

/** Fields that name a Secret or a ConfigMap of the object's own namespace, with the kind that they name. */
const fields: Readonly<Record<string, string>> = {
    secretKeyRef: "Secret",
    secretRef: "Secret",
    configMapKeyRef: "ConfigMap",
    configMapRef: "ConfigMap",
    // Of an AlertmanagerConfig.
    apiURL: "Secret",
    authPassword: "Secret",
    urlSecret: "Secret",
    webhookURL: "Secret",
};

/**
 * Every Secret and ConfigMap that an object names is in this layer or one before it, or made by what is: a certificate,
 * an external or sealed secret. Those that are optional, and those in values of charts, are not looked at. The same for
 * the store of an external secret, the Gateway of a route, the class of a volume of the Secrets Store driver, and the
 * configuration of a Dapr sidecar.
 */
export function references(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => unmetNeeds(cluster, referenceNeeds));
}

export const referenceNeeds: Needs = { of: needs, gifts: madeBy, always, own: true };

function needs({ object, layer }: Manifest): Need[] {
    const namespace = object.metadata.namespace;
    if (namespace === undefined || layer === "tenants") {
        return [];
    }
    const parts = Object.entries(mapAt(object, "spec")).filter(([key]) => key !== "values");
    const named = [...entriesWithin(Object.fromEntries(parts), ["spec"])].flatMap(({ path, key, value }): Need[] => {
        const kind = fields[key];
        const name = textAt(value, "name");
        const isHere = (textAt(value, "namespace") ?? namespace) === namespace && field(value, "optional") !== true;
        return kind !== undefined && name !== undefined && isHere
            ? [{ path: [...path, "name"], what: `${kind} ${namespace}/${name}` }]
            : [];
    });
    const valuesFrom = list(object, "spec.valuesFrom").flatMap((source, index): Need[] => {
        const what = `${textAt(source, "kind")} ${namespace}/${textAt(source, "name")}`;
        return field(source, "optional") === true ? [] : [{ path: ["spec", "valuesFrom", index, "name"], what }];
    });
    return [...named, ...valuesFrom, ...others(object, namespace)];
}

/** What an object names that is neither a Secret nor a ConfigMap. */
function others(object: KubernetesObject, namespace: string): Need[] {
    const need = (path: Need["path"], kind: string, name: string | undefined, home?: string): Need[] =>
        name === undefined ? [] : [{ path, what: `${kind} ${home === undefined ? "" : `${home}/`}${name}` }];
    const store = mapAt(object, "spec.secretStoreRef");
    const storeKind = textAt(store, "kind") ?? "SecretStore";
    const storeHome = storeKind === "ClusterSecretStore" ? undefined : namespace;
    const template = ["spec", "template", "metadata", "annotations", "dapr.io/config"];
    const annotations = mapAt(object, "spec.template.metadata.annotations");
    const configuration = annotations["dapr.io/config"];
    return [
        ...need(["spec", "secretStoreRef", "name"], storeKind, textAt(store, "name"), storeHome),
        ...list(object, "spec.parentRefs").flatMap((parent, index) =>
            (textAt(parent, "kind") ?? "Gateway") === "Gateway"
                ? need(
                      ["spec", "parentRefs", index, "name"],
                      "Gateway",
                      textAt(parent, "name"),
                      textAt(parent, "namespace") ?? namespace,
                  )
                : [],
        ),
        ...[...entriesWithin(mapAt(object, "spec"), ["spec"])].flatMap(({ path, key, value }) =>
            key === "secretProviderClass" && typeof value === "string"
                ? need(path, "SecretProviderClass", value, namespace)
                : [],
        ),
        ...(typeof configuration === "string" ? need(template, "Configuration", configuration, namespace) : []),
    ];
}

/** Secrets that controllers make of an object. */
function madeBy({ object }: Manifest): string[] {
    const { kind, metadata } = object;
    const names: Readonly<Record<string, readonly (string | undefined)[]>> = {
        Certificate: [textAt(object, "spec.secretName")],
        Cluster: [`${metadata.name}-app`, `${metadata.name}-superuser`],
        ExternalSecret: [textAt(object, "spec.target.name") ?? metadata.name],
        Ingress: list(object, "spec.tls").map((tls) => textAt(tls, "secretName")),
        SealedSecret: [metadata.name],
    };
    return (names[kind] ?? []).flatMap((name) => (name === undefined ? [] : [`Secret ${metadata.namespace}/${name}`]));
}
