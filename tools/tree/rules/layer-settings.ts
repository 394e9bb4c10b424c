import type { Finding } from "../finding";
import { field, list } from "../object";
import { type Cluster, findingAt, inEveryCluster, type Layer, type Tree } from "../tree";

/** Every layer says how long it may take, when to try again, as whom, and waits until it is ready. None is empty. */
export function layerSettings(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => cluster.layers.flatMap((layer) => faultsOf(cluster, layer)));
}

function faultsOf(cluster: Cluster, layer: Layer): Finding[] {
    const { kustomization } = layer;
    return [
        ...wrongSettings(cluster, layer),
        ...["interval", "timeout", "retryInterval", "prune"]
            .filter((key) => field(kustomization.object, `spec.${key}`) === undefined)
            .map((key) =>
                findingAt(
                    kustomization,
                    `spec.${key}`,
                    `does not set ${key}`,
                    `write spec.${key}, as its neighbours do`,
                ),
            ),
        ...(waits(layer)
            ? []
            : [
                  findingAt(
                      kustomization,
                      "spec.wait",
                      "neither waits nor has health checks, so that the next layer starts before this one is ready",
                      "write wait: true, or healthChecks",
                  ),
              ]),
        ...(layer.manifests.length > 0
            ? []
            : [
                  findingAt(
                      kustomization,
                      "spec.path",
                      "has no objects",
                      `list a system in ${layer.build.folder}, or remove the layer`,
                  ),
              ]),
    ];
}

function waits({ kustomization: { object } }: Layer): boolean {
    return field(object, "spec.wait") === true || list(object, "spec.healthChecks").length > 0;
}

function wrongSettings({ environment, mesh }: Cluster, { name, kustomization }: Layer): Finding[] {
    const paths = [`./layers/${name}`, `./systems/${mesh}`];
    const path = String(field(kustomization.object, "spec.path"));
    const expected: Readonly<Record<string, unknown>> = {
        "metadata.namespace": "flux-system",
        "spec.path": paths.includes(path) ? path : paths[0],
        "spec.components": components(kustomization.object, environment),
        "spec.serviceAccountName": "kustomize-controller",
        "spec.sourceRef": { kind: "GitRepository", name: "flux-system" },
        "spec.decryption": { provider: "sops", secretRef: { name: "sops-gpg" } },
        "spec.postBuild": { substituteFrom: [{ kind: "ConfigMap", name: "cluster-vars" }] },
    };
    return Object.entries(expected).flatMap(([key, value]) => {
        const [want, have] = [JSON.stringify(value), JSON.stringify(field(kustomization.object, key))];
        const problem = `sets ${key.replace("spec.", "")} to ${have ?? "nothing"}, not ${want}`;
        return have === want ? [] : [findingAt(kustomization, key, problem, `write ${key}: ${want}`)];
    });
}

/**
 * The systems and teams that the environment adds, then what all releases have in common, then the environment's
 * overlay.
 */
function components(kustomization: object, environment: string): readonly unknown[] {
    const added = list(kustomization, "spec.components").filter((each) =>
        /^\.\.\/\.\.\/(systems|tenants)\//.test(String(each)),
    );
    return [...added, "../../policies/releases", `../../clusters/${environment}/overlay`];
}
