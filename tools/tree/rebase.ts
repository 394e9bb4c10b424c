import * as path from "node:path";
import { isMap } from "./object";

type Content = Readonly<Record<string, unknown>>;

/** The content of a kustomization.yaml with its relative paths as they have to read in another folder. */
export function rebased(content: Content, from: string, to: string): Record<string, unknown> {
    const moved = (name: unknown) => path.relative(to, path.resolve(from, String(name)));
    // A generator may give a file another name: name=path.
    const named = (entry: unknown) =>
        String(entry).replace(
            /^([^=]+=)?(.+)$/,
            (_, name: string | undefined, file: string) => `${name ?? ""}${moved(file)}`,
        );
    const changes: Readonly<Record<string, (item: unknown) => unknown>> = {
        resources: moved,
        components: moved,
        patches: within({ path: moved }),
        replacements: within({ path: moved }),
        configMapGenerator: within({ files: each(named), envs: each(moved) }),
        secretGenerator: within({ files: each(named), envs: each(moved) }),
    };
    return Object.fromEntries(
        Object.entries(content).map(([key, value]) => {
            const change = changes[key];
            return [key, change === undefined ? value : each(change)(value)];
        }),
    );
}

function each(change: (item: unknown) => unknown): (list: unknown) => unknown {
    return (list) => (Array.isArray(list) ? list.map(change) : list);
}

/** Changes some fields of a map, and leaves the others. */
function within(changes: Readonly<Record<string, (value: unknown) => unknown>>): (map: unknown) => unknown {
    return (map) =>
        isMap(map)
            ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, changes[key]?.(value) ?? value]))
            : map;
}
