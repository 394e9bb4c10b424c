import { clusterVarsName, secretVarsName } from "../../../components/gitops/flux-names";
import type { Finding } from "../finding";
import { field, list } from "../object";
import { type Cluster, findingAt, inEveryCluster, type Layer, type Manifest, type Tree } from "../tree";
import { substitutesSecrets } from "../variables";

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

function wrongSettings({ environment, mesh }: Cluster, layer: Layer): Finding[] {
    const { name, kustomization } = layer;
    const paths = [`./layers/${name}`, `./systems/${mesh}`];
    const path = String(field(kustomization.object, "spec.path"));
    const expected: Readonly<Record<string, unknown>> = {
        "metadata.namespace": "flux-system",
        "spec.path": paths.includes(path) ? path : paths[0],
        ...components(layer, environment),
        "spec.serviceAccountName": "kustomize-controller",
        "spec.sourceRef": { kind: "ExternalArtifact", name },
        "spec.decryption": { provider: "sops", secretRef: { name: "sops-gpg" } },
        "spec.postBuild": {
            substituteFrom: [
                { kind: "ConfigMap", name: clusterVarsName },
                ...(substitutesSecrets(kustomization.object) ? [{ kind: "Secret", name: secretVarsName }] : []),
            ],
        },
    };
    return [...differences(kustomization, expected), ...(layer.generator ? wrongGenerator(name, layer.generator) : [])];
}

/** One artifact of the layer's name, of the fleet repository, which says of which commit it is made. */
function wrongGenerator(name: string, generator: Manifest): Finding[] {
    return differences(generator, {
        "metadata.namespace": "flux-system",
        "spec.sources": [{ alias: "tree", kind: "GitRepository", name: "flux-system" }],
        "spec.artifacts.length": 1,
        "spec.artifacts.0.name": name,
        "spec.artifacts.0.originRevision": "@tree",
    });
}

function differences(manifest: Manifest, expected: Readonly<Record<string, unknown>>): Finding[] {
    return Object.entries(expected).flatMap(([key, value]) => {
        const [want, have] = [JSON.stringify(value), JSON.stringify(field(manifest.object, key))];
        const problem = `sets ${key.replace("spec.", "")} to ${have ?? "nothing"}, not ${want}`;
        return have === want ? [] : [findingAt(manifest, key, problem, `write ${key}: ${want}`)];
    });
}

/**
 * The systems and teams that the environment adds, then what all releases have in common where there are releases, then
 * what is different in the environment, where something is.
 */
function components({ name, kustomization: { object }, manifests }: Layer, environment: string): object {
    const own = list(object, "spec.components");
    const added = own.filter((each) => /^\.\.\/\.\.\/(systems|tenants)\//.test(String(each)));
    const releases = manifests.some((manifest) => manifest.object.kind === "HelmRelease");
    const overlay = `../../clusters/${environment}/${name}`;
    const wanted = [
        ...added,
        ...(releases ? ["../../policies/releases"] : []),
        ...(own.includes(overlay) ? [overlay] : []),
    ];
    return { "spec.components": wanted.length > 0 ? wanted : undefined };
}
