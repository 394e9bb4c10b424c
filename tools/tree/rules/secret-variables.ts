import { decryptionCheckLayer, fluxNamespace, secretVarsName } from "../../../components/gitops/flux-names";
import type { Finding } from "../finding";
import { field, isMap, type KubernetesObject, label } from "../object";
import { type Cluster, everyManifest, findingAt, inEveryCluster, type Layer, type Manifest, type Tree } from "../tree";
import { secretVariableIn, substitutesSecrets } from "../variables";

/** What every layer that substitutes secrets waits for. */
const secretVars = `Secret ${fluxNamespace}/${secretVarsName}`;
/** Where a layer names it, after the variables of the program. */
const secretSource = "spec.postBuild.substituteFrom.1";
const watch = "reconcile.fluxcd.io/watch";

/**
 * What Flux substitutes from Secret `secret-vars` ends in values of Secrets, since whoever may read any other object of
 * the cluster would read it there. The layers that substitute from it use it, and are built again when it changes.
 */
export function secretVariables(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => [
        ...everyManifest(cluster).flatMap(exposed),
        ...cluster.layers.flatMap(idle),
        ...supply(cluster),
    ]);
}

/** The values of an object that hold a secret variable and are not a Secret's. */
function exposed(manifest: Manifest): Finding[] {
    const { object } = manifest;
    const hidden = (path: readonly (string | number)[]) => object.kind === "Secret" && path[0] === "stringData";
    return [...textsWithin(object)]
        .filter(({ path }) => !hidden(path))
        .flatMap(({ path, text }) => {
            const name = secretVariableIn(text);
            const problem = `has \${${name}}, which is secret, where whoever may read the object reads it`;
            const fix = "put it into stringData of a Secret, and have the object name that";
            return name === undefined ? [] : [findingAt(manifest, path, problem, fix)];
        });
}

/** Every text of an object, its keys too, with the way to it. */
function* textsWithin(
    value: unknown,
    path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; text: string }> {
    if (typeof value === "string") {
        yield { path, text: value };
    } else if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) {
            yield* textsWithin(item, [...path, index]);
        }
    } else if (isMap(value)) {
        for (const [key, item] of Object.entries(value)) {
            yield { path, text: key };
            yield* textsWithin(item, [...path, key]);
        }
    }
}

/** A layer that gets the secret variables and needs none could put any of them anywhere. */
function idle({ kustomization, manifests }: Layer): Finding[] {
    const uses = (object: KubernetesObject) =>
        object.kind === "Secret" && secretVariableIn(JSON.stringify(object)) !== undefined;
    const problem = `substitutes from ${secretVars}, of which nothing in it uses a variable`;
    const fix = "take the layer away from those that substitute secrets in clusters/base/kustomization.yaml";
    return !substitutesSecrets(kustomization.object) || manifests.some(({ object }) => uses(object))
        ? []
        : [findingAt(kustomization, secretSource, problem, fix)];
}

/** The Secret is there before the layers that need it, and Flux builds them again when it changes. */
function supply({ layers }: Cluster): Finding[] {
    const users = layers.filter(({ kustomization }) => substitutesSecrets(kustomization.object));
    const home = layers.find(({ name }) => name === decryptionCheckLayer);
    const secret = home?.manifests.find(({ object }) => label(object) === secretVars);
    if (secret === undefined) {
        return users.map(({ kustomization }) =>
            findingAt(
                kustomization,
                secretSource,
                `substitutes from ${secretVars}, which layer ${decryptionCheckLayer} does not make`,
                `have layers/${decryptionCheckLayer} take it: npm run secret -- set`,
            ),
        );
    }
    return field(secret.object, ["metadata", "labels", watch]) === "Enabled"
        ? []
        : [
              findingAt(
                  secret,
                  "metadata.labels",
                  `has no label ${watch}, so that a new value reaches no layer before the next commit`,
                  `write ${watch}: Enabled, and encrypt it again`,
              ),
          ];
}
