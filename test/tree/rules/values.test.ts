import { describeRule, type Example } from "../../support/rule-examples";

const file = "systems/cert-manager/release.yaml";

const unknown = (path: string, yaml: string, line: string, fix: RegExp): Example => ({
    finds: `${path}, which cert-manager does not have`,
    edits: [{ file, from: "  values:\n", to: `  values:\n${yaml}` }],
    line,
    problem: new RegExp(`HelmRelease flux-system/cert-manager sets ${path}, which chart cert-manager does not have`),
    fix,
});

describeRule("values", [
    unknown("replicas", "    replicas: 2\n", "replicas: 2", /known here: .*replicaCount/),
    unknown("replicasCount", "    replicasCount: 2\n", "replicasCount: 2", /did you mean replicaCount\?/),
    unknown("acmesolver.images", "    acmesolver:\n      images: {}\n", "images: {}", /did you mean image\?/),
    {
        finds: "a misspelt key in an environment's patch, at the patch",
        edits: [
            {
                file: "systems/cert-manager/release-production.yaml",
                from: "webhook:\n      replicaCount",
                to: "webhook:\n      replicacount",
            },
        ],
        options: { environments: ["production"], meshes: ["istio"] },
        line: "replicacount: 3",
        problem: /sets webhook\.replicacount, which chart cert-manager does not have/,
        fix: /did you mean replicaCount\?/,
    },
    {
        finds: "a misspelt field of Kubernetes",
        edits: [{ file, from: "webhook:\n", to: "webhook:\n      securityContext:\n        runAsNonroot: true\n" }],
        line: "runAsNonroot: true",
        problem: /sets webhook\.securityContext\.runAsNonroot/,
        fix: /did you mean runAsNonRoot\?/,
    },
    {
        finds: "a misspelt value of a sub-chart",
        edits: [
            {
                file: "systems/kube-prometheus-stack/release.yaml",
                from: "    prometheus-node-exporter:\n",
                to: "    prometheus-node-exporter:\n      hostNetwrk: true\n",
            },
        ],
        line: "hostNetwrk: true",
        problem: /sets prometheus-node-exporter\.hostNetwrk, which chart kube-prometheus-stack does not have/,
        fix: /did you mean hostNetwork\?/,
    },
    {
        finds: "a misspelt value of a system that no environment lists",
        edits: [
            {
                file: "systems/ingress-nginx/release.yaml",
                from: "    controller:\n",
                to: "    controler: {}\n    controller:\n",
            },
        ],
        line: "controler: {}",
        problem: /sets controler, which chart ingress-nginx does not have/,
        fix: /did you mean controller\?/,
    },
    {
        accepts: "any key in a map that the chart leaves empty, or copies whole",
        edits: [
            {
                file,
                from: "    podLabels:\n",
                to: "    nodeSelector:\n      pool: apps\n    podLabels:\n      team: platform\n",
            },
            {
                file: "systems/traefik/release.yaml",
                from: "      spec:\n",
                to: "      spec:\n        sessionAffinity: None\n",
            },
        ],
    },
    {
        accepts: "what a cluster with a control plane of its own adds to Prometheus",
        edits: [
            {
                file: "clusters/staging/kustomization.yaml",
                from: "components:\n",
                to: `patches:\n  - target: { kind: Kustomization, name: observability }\n    patch: |\n      - { op: add, path: /spec/components/0, value: ../../systems/kube-prometheus-stack/control-plane }\ncomponents:\n`,
            },
        ],
    },
]);
