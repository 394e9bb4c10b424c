/** An object of a cluster, as far as a comparison of two moments needs it. */
export interface ClusterObject {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    /** Whether another object owns it, which makes and removes it as it likes. */
    readonly owned: boolean;
}

type Kubectl = (...args: string[]) => Promise<string>;

const columns = [
    ...["{.kind}", "{.metadata.namespace}", "{.metadata.name}", "{.metadata.uid}"],
    "{.metadata.ownerReferences[0].uid}",
];

/** Kinds that come and go by themselves, or that only mirror others. */
const passing = /^(events|leases|componentstatuses|endpoints|endpointslices|ipaddresses|.*metrics\.k8s\.io)(\.|$)/;

/** Every object of a cluster, by its uid. */
export async function objectsOfCluster(kubectl: Kubectl): Promise<Map<string, ClusterObject>> {
    const kinds = (await kubectl("api-resources", "--verbs=list", "-o", "name")).trim().split("\n");
    const listed = kinds.filter((kind) => !passing.test(kind)).join(",");
    const template = `{range .items[*]}${columns.join('{"\\t"}')}{"\\n"}{end}`;
    const lines = (await kubectl("get", listed, "-A", "-o", `jsonpath=${template}`)).split("\n");
    const objects = lines
        .map((line) => line.split("\t"))
        .filter((fields) => fields.length === columns.length)
        .map(([kind = "", namespace = "", name = "", uid = "", owner = ""]) => {
            return { kind, namespace, name, uid, owned: owner !== "" };
        });
    return new Map(objects.map((object) => [object.uid, object]));
}

/** `Kind namespace/name`, as kubectl's users write it. */
export function labelOf({ kind, namespace, name }: ClusterObject): string {
    return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/**
 * Objects that are in the first and not in the second, but for those that others own: a pod is replaced at any time.
 */
export function difference(
    first: ReadonlyMap<string, ClusterObject>,
    second: ReadonlyMap<string, ClusterObject>,
): ClusterObject[] {
    return [...first.values()].filter(({ uid, owned }) => !owned && !second.has(uid));
}
