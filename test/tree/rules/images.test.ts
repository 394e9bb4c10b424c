import { podinfoTag } from "../../support/podinfo-tag";
import { type Counterexample, describeRule, type Example } from "../../support/rule-examples";

const file = "systems/podinfo/deployment.yaml";
const edit = (image: string) => [
    { file, from: "image: ghcr.io/stefanprodan/podinfo", to: `image: ${image}` },
    {
        file: "clusters/staging/apps/kustomization.yaml",
        from: /\n +- name: ghcr\.io\/stefanprodan\/podinfo\n.*/,
        to: "",
    },
];

const floating = (image: string): Example => ({
    finds: image,
    edits: edit(image),
    line: `image: ${image}`,
    problem: new RegExp(`Deployment podinfo/podinfo names image ${image}, which has no exact version`),
    fix: /the whole version/,
});

const pinned = (image: string): Counterexample => ({ accepts: image, edits: edit(image) });

describeRule("images", [
    ...["ghcr.io/org/app", "ghcr.io/org/app:latest", "registry:5000/app", "app:1", "app:main"].map(floating),
    ...["ghcr.io/org/app:6.14.1", "registry:5000/app:v1.2.3", `app@sha256:${"0".repeat(64)}`].map(pinned),
    {
        finds: "a tag that moves in an environment's list of images, at that list",
        edits: [{ file: podinfoTag.file, from: podinfoTag.value, to: "latest" }],
        line: "newTag: latest",
        problem: /names image ghcr\.io\/stefanprodan\/podinfo:latest/,
        fix: /the whole version/,
    },
    {
        finds: "a tag that moves in a release's values",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "  values:\n",
                to: "  values:\n    image:\n      repository: traefik\n      tag: latest\n",
            },
        ],
        line: "tag: latest",
        problem: /HelmRelease flux-system\/traefik names image traefik:latest/,
        fix: /the whole version/,
    },
    {
        finds: "an image in a release's values by its whole name",
        edits: [
            {
                file: "systems/velero/release.yaml",
                from: /velero-plugin-for-microsoft-azure:v[\d.]+\S*/,
                to: "velero-plugin-for-microsoft-azure:main",
            },
        ],
        line: "velero-plugin-for-microsoft-azure:main",
        problem: /names image docker\.io\/velero\/velero-plugin-for-microsoft-azure:main/,
        fix: /the whole version/,
    },
]);
