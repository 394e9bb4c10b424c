/** So many files of the size and the places of a tree's. */
export function filesOf(count: number): Record<string, string> {
    return Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
            `systems/system-${Math.floor(index / 10)}/file-${index}.yaml`,
            configMap(index),
        ]),
    );
}

function configMap(index: number): string {
    const values = Array.from({ length: 20 }, (_, line) => `  key-${line}: value ${index} ${line}\n`).join("");
    return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: file-${index}\n  namespace: default\ndata:\n${values}`;
}
