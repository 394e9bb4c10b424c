import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { entriesWithin, field, isMap, label, textAt } from "../object";
import { inEveryLiveCluster, type LiveCluster, liveOfKind, livePods } from "../rendering/live";
import type { Rendered } from "../rendering/rendered";
import type { Manifest, Tree } from "../tree";

/** The platform's own, which the program and the Flux Operator make. */
const always = ["kustomize-controller", "helm-controller"].map((name) => `ServiceAccount flux-system/${name}`);

/**
 * Every service account that a pod or a chart is told to use, and not to make, exists before; and so does what the pods
 * of a published chart use. Those of a stand-in do not follow the values that name an account.
 */
export function serviceAccounts(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => {
        const published = live.releases.filter(({ isPublished }) => isPublished);
        const used = new Map(published.map((rendered) => [rendered.release, needsOfPublished(live, rendered)]));
        const gifts = (manifest: Manifest) => accountsOf(live, manifest);
        const all = [...serviceAccountNeeds, { of: (manifest: Manifest) => used.get(manifest) ?? [], always, gifts }];
        return all.flatMap((needs) => unmetNeeds(live.cluster, needs));
    });
}

/** The service accounts that a release makes. */
function accountsOf(live: LiveCluster, manifest: Manifest): readonly string[] {
    return liveOfKind(live, "ServiceAccount")
        .filter(({ rendered }) => rendered?.release === manifest)
        .map(({ object }) => label(object));
}

/** What the pods of a release use and the release does not make; every namespace has an account `default`. */
function needsOfPublished(live: LiveCluster, { release }: Rendered): Need[] {
    const own = accountsOf(live, release);
    const used = livePods(live)
        .filter(({ source }) => source.rendered?.release === release)
        .map(({ namespace, spec }) => ({ namespace, name: textAt(spec, "serviceAccountName") ?? "default" }))
        .filter(({ namespace, name }) => name !== "default" && !own.includes(`ServiceAccount ${namespace}/${name}`));
    const distinct = new Map(used.map(({ namespace, name }) => [`ServiceAccount ${namespace}/${name}`, name]));
    return [...distinct].map(([what, name]) => ({ path: pathOf(release, name), what }));
}

/** Where the values name an account. */
function pathOf({ object }: Manifest, name: string): Need["path"] {
    const named = [...entriesWithin(field(object, "spec.values"))].find(
        ({ path, value }) => value === name && path.some((key) => /^serviceAccounts?$/.test(String(key))),
    );
    return ["spec", "values", ...(named?.path ?? [])];
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
