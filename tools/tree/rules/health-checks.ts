import { nearest } from "../../../components/settings/nearest";
import type { Finding } from "../finding";
import { field, groupVersion, list, textAt } from "../object";
import { findingAt, inEveryCluster, type Layer, type Tree } from "../tree";

/** What a layer waits for is in it: the objects of `healthChecks`, and the kinds of `healthCheckExprs`. */
export function healthChecks(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        cluster.layers.flatMap((layer) => [...absentObjects(layer), ...absentKinds(layer)]),
    );
}

function absentObjects(layer: Layer): Finding[] {
    const names = layer.manifests.map(
        ({ object }) => `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`,
    );
    return list(layer.kustomization.object, "spec.healthChecks").flatMap((check, index) => {
        const name = `${textAt(check, "kind")} ${textAt(check, "namespace") ?? ""}/${textAt(check, "name")}`;
        const same = layer.manifests.filter(({ object }) => object.kind === textAt(check, "kind"));
        const near = nearest(
            textAt(check, "name") ?? "",
            same.map(({ object }) => object.metadata.name),
        );
        const fix = near === undefined ? "take it away, or add the object" : `did you mean ${near}?`;
        const problem = `waits for ${name.replace(" /", " ")}, which the layer does not have`;
        return names.includes(name)
            ? []
            : [findingAt(layer.kustomization, ["spec", "healthChecks", index, "name"], problem, fix)];
    });
}

function absentKinds(layer: Layer): Finding[] {
    const kinds = layer.manifests.map(({ object }) => `${groupVersion(object).group} ${object.kind}`);
    return list(layer.kustomization.object, "spec.healthCheckExprs").flatMap((check, index) => {
        const apiVersion = textAt(check, "apiVersion") ?? "";
        const kind = textAt(check, "kind") ?? "";
        const path = ["spec", "healthCheckExprs", index];
        const near = nearest(kind, [...new Set(layer.manifests.map(({ object }) => object.kind))]);
        const fix =
            near === undefined ? "take it away, or move it to the layer that has the kind" : `did you mean ${near}?`;
        const unknown = kinds.includes(`${groupVersion({ apiVersion }).group} ${kind}`)
            ? []
            : [
                  findingAt(
                      layer.kustomization,
                      [...path, "kind"],
                      `has an expression for ${apiVersion} ${kind}, which the layer does not have`,
                      fix,
                  ),
              ];
        const endless =
            field(check, "current") === undefined
                ? [
                      findingAt(
                          layer.kustomization,
                          path,
                          `has an expression for ${kind} that never says when one is ready`,
                          "write current: with the CEL expression",
                      ),
                  ]
                : [];
        return [...unknown, ...endless];
    });
}
