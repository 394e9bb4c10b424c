import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { entriesWithin, field, isMap, label, textAt } from "../object";
import { inEveryCluster, type Manifest, type Tree } from "../tree";

/** The platform's own, which the program and the Flux Operator make. */
const always = ["kustomize-controller", "helm-controller"].map((name) => `ServiceAccount flux-system/${name}`);

/** Every service account that a pod or a chart is told to use, and not to make, exists before. */
export function serviceAccounts(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => serviceAccountNeeds.flatMap((needs) => unmetNeeds(cluster, needs)));
}

export const serviceAccountNeeds: readonly Needs[] = [
    { of: needsOfRelease, always },
    { of: needsOfPod, always, own: true },
];

/** `serviceAccount: { create: false, name }`, wherever a chart has it. */
function needsOfRelease({ object }: Manifest): Need[] {
    const namespace = textAt(object, "spec.targetNamespace") ?? "";
    const values = object.kind === "HelmRelease" ? field(object, "spec.values") : undefined;
    return [...entriesWithin(values)]
        .filter(({ path, value }) => path.some((key) => /^serviceAccounts?$/.test(String(key))) && isMap(value))
        .filter(({ value }) => field(value, "create") === false)
        .map(({ path, value }) => ({
            path: ["spec", "values", ...path, "name"],
            what: `ServiceAccount ${namespace}/${textAt(value, "name") ?? "default"}`,
        }));
}

function needsOfPod({ object }: Manifest): Need[] {
    const paths = ["spec.template.spec.serviceAccountName", "spec.jobTemplate.spec.template.spec.serviceAccountName"];
    return paths.flatMap((path) => {
        const name = textAt(object, path);
        const what = label({ ...object, kind: "ServiceAccount", metadata: { ...object.metadata, name: name ?? "" } });
        return name === undefined ? [] : [{ path, what }];
    });
}
