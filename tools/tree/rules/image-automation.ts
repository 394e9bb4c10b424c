import { manifestsIn } from "../../../components/gitops/fleet/manifests";
import { nearest } from "../../../components/settings/nearest";
import type { Finding } from "../finding";
import { textAt } from "../object";
import { type Cluster, everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** A line that image-automation-controller rewrites: `newTag: 6.14.1 # {"$imagepolicy": "flux-system:podinfo:tag"}`. */
interface Marker {
    readonly file: string;
    readonly line: number;
    /** Namespace and name of its ImagePolicy. */
    readonly policy: string;
}

const sourceOfTheProgram = "GitRepository flux-system/flux-system";

/**
 * Image automation finds what it looks for: every marker names an ImagePolicy, every ImageUpdateAutomation covers the
 * files with markers from a source that exists, and the three image kinds are in one namespace, which Flux's lockdown
 * demands. None pushes to the branch that it reads: a new image gets to a cluster by pull request.
 */
export function imageAutomation(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const markers = markersOf(tree, cluster.environment);
        const every = everyOfKind(cluster, "ImageUpdateAutomation");
        const automations = every.filter(({ layer }) => layer !== "tenants");
        return [
            ...every.flatMap(faultsOfPush),
            ...markers.flatMap((marker) => faultsOfMarker(cluster, marker, automations)),
            ...everyOfKind(cluster, "ImagePolicy").flatMap((policy) => faultsOfPolicy(cluster, policy)),
            ...automations.flatMap((automation) => faultsOfAutomation(cluster, automation, markers)),
        ];
    });
}

/** Markers in the files that an environment's branch holds. */
function markersOf({ sources }: Tree, environment: string): Marker[] {
    const others = sources.foldersIn("clusters").filter((name) => name !== environment && name !== "base");
    return manifestsIn(sources.files)
        .filter((file) => !others.some((name) => file.startsWith(`clusters/${name}/`)))
        .flatMap((file) =>
            sources
                .text(file)
                .split("\n")
                .flatMap((text, index) => {
                    const [, policy] =
                        /#\s*\{\s*"\$imagepolicy"\s*:\s*"([^":]+:[^":]+)(?::(?:name|tag|digest))?"/.exec(text) ?? [];
                    return policy === undefined ? [] : [{ file, line: index + 1, policy }];
                }),
        );
}

function faultsOfMarker(cluster: Cluster, { file, line, policy }: Marker, automations: readonly Manifest[]): Finding[] {
    const names = everyOfKind(cluster, "ImagePolicy").map(
        ({ object }) => `${object.metadata.namespace}:${object.metadata.name}`,
    );
    const near = nearest(policy, names);
    const fix =
        near === undefined
            ? "write the namespace and name of an ImagePolicy that the tree has"
            : `did you mean ${near}?`;
    const [namespace] = policy.split(":");
    const covering = automations.filter(
        (automation) => covers(automation, file) && automation.object.metadata.namespace === namespace,
    );
    return [
        ...(names.includes(policy)
            ? []
            : [{ file, line, problem: `the marker names ImagePolicy ${policy}, which the tree does not have`, fix }]),
        ...(covering.length > 0
            ? []
            : [
                  {
                      file,
                      line,
                      problem: "no ImageUpdateAutomation covers this marker, so that it never changes",
                      fix: `widen spec.update.path of an ImageUpdateAutomation in ${namespace}`,
                  },
              ]),
    ];
}

function covers({ object }: Manifest, file: string): boolean {
    const path = (textAt(object, "spec.update.path") ?? "./").replace(/^\.\/?/, "").replace(/\/$/, "");
    return path === "" || file.startsWith(`${path}/`);
}

function faultsOfPolicy(cluster: Cluster, policy: Manifest): Finding[] {
    const name = textAt(policy.object, "spec.imageRepositoryRef.name") ?? "";
    const namespace = textAt(policy.object, "spec.imageRepositoryRef.namespace") ?? policy.object.metadata.namespace;
    const repositories = everyOfKind(cluster, "ImageRepository");
    const exists = repositories.some(
        ({ object }) => object.metadata.name === name && object.metadata.namespace === namespace,
    );
    const isHere = namespace === policy.object.metadata.namespace;
    const near = nearest(
        name,
        repositories.map(({ object }) => object.metadata.name),
    );
    return [
        ...(exists
            ? []
            : [
                  findingAt(
                      policy,
                      "spec.imageRepositoryRef.name",
                      `follows ImageRepository ${namespace}/${name}, which the tree does not have`,
                      near === undefined ? "add it beside the policy" : `did you mean ${near}?`,
                  ),
              ]),
        ...(isHere
            ? []
            : [
                  findingAt(
                      policy,
                      "spec.imageRepositoryRef.namespace",
                      `follows an ImageRepository of namespace ${namespace}, which Flux's lockdown refuses`,
                      "keep both in one namespace",
                  ),
              ]),
    ];
}

function faultsOfPush(automation: Manifest): Finding[] {
    const { object } = automation;
    const read = textAt(object, "spec.git.checkout.ref.branch");
    const pushed = textAt(object, "spec.git.push.branch") ?? read;
    return pushed === read
        ? [
              findingAt(
                  automation,
                  "spec.git.push.branch",
                  "pushes to the branch that it reads, so that a new image runs without a review",
                  "push to a branch of its own, such as image-updates",
              ),
          ]
        : [];
}

function faultsOfAutomation(cluster: Cluster, automation: Manifest, markers: readonly Marker[]): Finding[] {
    const { object } = automation;
    const kind = textAt(object, "spec.sourceRef.kind") ?? "GitRepository";
    const namespace = textAt(object, "spec.sourceRef.namespace") ?? object.metadata.namespace;
    const source = `${kind} ${namespace}/${textAt(object, "spec.sourceRef.name")}`;
    const sources = everyOfKind(cluster, kind).map(
        (manifest) => `${kind} ${manifest.object.metadata.namespace}/${manifest.object.metadata.name}`,
    );
    const exists = [sourceOfTheProgram, ...sources].includes(source);
    const isHere = namespace === object.metadata.namespace;
    const isIdle = !markers.some(({ file }) => covers(automation, file));
    const path = textAt(object, "spec.update.path") ?? "./";
    return [
        ...(exists
            ? []
            : [
                  findingAt(
                      automation,
                      "spec.sourceRef.name",
                      `commits to ${source}, which does not exist`,
                      `write sourceRef: { kind: GitRepository, name: flux-system }`,
                  ),
              ]),
        ...(isHere
            ? []
            : [
                  findingAt(
                      automation,
                      "spec.sourceRef.namespace",
                      `commits to a source of namespace ${namespace}, which Flux's lockdown refuses`,
                      "keep both in one namespace",
                  ),
              ]),
        ...(isIdle
            ? [
                  findingAt(
                      automation,
                      "spec.update.path",
                      `covers ${path}, where no marker is`,
                      "write the folder whose files carry markers",
                  ),
              ]
            : []),
    ];
}
