/** Where staging says which version of podinfo it runs: the app that tests and benchmarks give another version. */
export const podinfoTag = {
    file: "clusters/staging/apps/kustomization.yaml",
    value: /(?<=podinfo\n +newTag: )\S+/,
} as const;
