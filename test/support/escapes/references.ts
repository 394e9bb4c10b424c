import type { Manifest } from "../team";
import { forTenants } from "./attempt";
import { configMap, type Escape, kustomization, platform, release } from "./escape";

/** What Flux's controllers refuse: references out of the namespace, and rights by another name. */
export const references: readonly Escape[] = [
    {
        title: "a Kustomization whose source is the platform's GitRepository",
        object: kustomization("fleet", {
            serviceAccountName: "flux",
            sourceRef: { kind: "GitRepository", name: platform, namespace: platform },
        }),
        message: /can't access 'GitRepository\/flux-system\/flux-system', cross-namespace references have been blocked/,
    },
    {
        title: "a HelmRelease of a chart that the platform fetched",
        object: release("chart-ref", { chartRef: { kind: "OCIRepository", name: "traefik", namespace: platform } }),
        message: /cross-namespace references are not allowed: cannot access OCIRepository flux-system\/traefik/,
    },
    {
        title: "a base in another repository, though anybody can read that one",
        object: kustomization("remote-base", { serviceAccountName: "flux" }),
        applies: [
            {
                apiVersion: "kustomize.config.k8s.io/v1beta1",
                kind: "Kustomization",
                metadata: { name: "remote" },
                resources: ["https://github.com/landfall-example/team-example//deploy/staging?ref=main"],
            },
        ],
        // The controller finds git here and fetches the base, but does not read it. Its image has no git.
        message: /fs-security-constraint .* is not in or below/,
    },
    {
        title: "the name of the platform's service account, which in this namespace has no rights",
        object: kustomization("platform-account", { serviceAccountName: "kustomize-controller" }),
        applies: [configMap("platform-account")],
        message: /User "system:serviceaccount:team-example:kustomize-controller" cannot/,
    },
    {
        title: "another namespace's service account, however it is written",
        object: kustomization("foreign-account", { serviceAccountName: "flux-system:kustomize-controller" }),
        applies: [configMap("foreign-account")],
        message: /User "system:serviceaccount:team-example:flux-system:kustomize-controller" cannot/,
    },
    {
        title: "a Kustomization without a service account, which acts as one without rights",
        object: kustomization("no-account", {}),
        applies: [configMap("no-account")],
        message: /User "system:serviceaccount:team-example:default" cannot/,
    },
    {
        title: "values of a Secret of the platform for substitution: it is looked for in the team's namespace",
        object: kustomization("substitute", {
            serviceAccountName: "flux",
            postBuild: { substituteFrom: [{ kind: "Secret", name: "sops-gpg" }] },
        }),
        applies: [configMap("substitute")],
        message: /secrets "sops-gpg" not found/i,
    },
    {
        title: "values of a Secret of the platform for a chart: it is looked for in the team's namespace",
        object: release("values", {
            chartRef: { kind: "OCIRepository", name: "chart" },
            valuesFrom: [{ kind: "Secret", name: "sops-gpg" }],
        }),
        message: /Secret.*team-example\/sops-gpg.*not found/i,
    },
    {
        title: "a release that is recorded in the platform's namespace",
        object: release("storage", {
            chartRef: { kind: "OCIRepository", name: "chart" },
            storageNamespace: platform,
            targetNamespace: platform,
        }),
        message: /secrets is forbidden: User "system:serviceaccount:team-example:flux" cannot list/,
    },
];

/**
 * What kustomize says of the refusal by the controller's proxy, in the place of a network plugin's silence: of an
 * address that looks like a repository's, the second.
 */
const unreachable = /status code 502|URL is a git repository/;

/** A file of a ConfigMap that kustomize-controller fetches from an address of the cluster. */
const byUrl = (name: string, title: string, url: string): Escape => ({
    title,
    object: kustomization(name, { serviceAccountName: "flux" }),
    applies: [
        {
            apiVersion: "kustomize.config.k8s.io/v1beta1",
            kind: "Kustomization",
            metadata: { name },
            configMapGenerator: [{ name: "stolen", files: [`stolen=${url}`] }],
        },
    ],
    message: unreachable,
});

/** What the tenants' controllers do not reach: a URL in a file, which no admission sees. */
export const fetches: readonly Escape[] = [
    byUrl(
        "fleet-artifact",
        "the artifacts of the fleet repository, by URL",
        `http://source-controller.flux-system.svc.cluster.local./gitrepository/${platform}/${platform}/`,
    ),
    byUrl(
        "artifact-list",
        "the list of the platform's artifacts, by URL",
        "http://source-controller.flux-system.svc.cluster.local./",
    ),
    byUrl(
        "internal-service",
        "a service of the cluster, by URL",
        "http://flux-operator.flux-system.svc.cluster.local.:8080/metrics",
    ),
];

/** helm-controller refuses this one in its log only. */
export const chartOfPlatform: Manifest = release("source-ref", {
    chart: {
        metadata: { labels: forTenants },
        spec: { chart: "x", sourceRef: { kind: "GitRepository", name: platform, namespace: platform } },
    },
});
