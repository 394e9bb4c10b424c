import type { Finding } from "../finding";
import { isMap } from "../object";
import { findingAt, type Layer, type Tree } from "../tree";

/** A layer's settings differ between environments only by its path. */
export function layerParity(tree: Tree): readonly Finding[] {
    return tree.clusters.flatMap((cluster) => {
        const model = tree.clusters.find(({ mesh }) => mesh === cluster.mesh);
        return cluster.layers.flatMap((layer) => {
            const other = model?.layers.find(({ name }) => name === layer.name);
            return model === undefined || other === undefined || model === cluster
                ? []
                : differences(layer, cluster.environment, other, model.environment);
        });
    });
}

function differences(layer: Layer, environment: string, other: Layer, model: string): Finding[] {
    const own = leaves(layer.kustomization.object.spec, ["spec"], `/${environment}`);
    const wanted = leaves(other.kustomization.object.spec, ["spec"], `/${model}`);
    return [...new Set([...own.keys(), ...wanted.keys()])]
        .filter((key) => own.get(key) !== wanted.get(key))
        .map((key) => {
            const problem = `has ${key} ${own.get(key) ?? "unset"}, and ${wanted.get(key) ?? "unset"} in ${model}`;
            const fix = `make it the same in clusters/${environment} and clusters/${model}`;
            return findingAt(layer.kustomization, key, problem, fix);
        });
}

/** Every value within a value, by its path, with the environment's name left out. */
function leaves(value: unknown, path: readonly string[], environment: string): Map<string, string> {
    if (!isMap(value)) {
        return new Map([[path.join("."), JSON.stringify(value).replaceAll(environment, "/…")]]);
    }
    const entries = Object.entries(value).flatMap(([key, item]) => [...leaves(item, [...path, key], environment)]);
    return new Map(entries);
}
