import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

describeRule("service-accounts", [
    {
        finds: "a release whose service account no layer makes",
        edits: [
            {
                file: "systems/cert-manager/release.yaml",
                from: "create: false\n      name: cert-manager",
                to: "create: false\n      name: issuer",
            },
        ],
        line: "name: issuer",
        problem:
            /HelmRelease flux-system\/cert-manager needs ServiceAccount cert-manager\/issuer, which no layer makes/,
        fix: /ServiceAccount cert-manager\/issuer to a layer before infra/,
    },
    {
        finds: "a release whose service account comes with a layer that it does not wait for",
        edits: [{ file: "clusters/base/infra.yaml", from: "    - name: identities\n", to: "" }],
        file: "systems/cert-manager/release.yaml",
        line: "name: cert-manager",
        problem: /which layer identities makes, not one before infra/,
        fix: /add "- name: identities" to dependsOn/,
    },
    {
        finds: "a pod whose service account no layer makes",
        edits: [
            {
                file: "systems/podinfo/deployment.yaml",
                from: "serviceAccountName: podinfo",
                to: "serviceAccountName: podinf",
            },
        ],
        line: "serviceAccountName: podinf",
        problem: /Deployment podinfo\/podinfo needs ServiceAccount podinfo\/podinf/,
        fix: /did you mean ServiceAccount podinfo\/podinfo\?/,
    },
    {
        finds: "a pod of a chart whose account nobody makes",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods({}, { serviceAccountName: "proxy" }))],
        file: "systems/traefik/release.yaml",
        line: "values:",
        problem: /HelmRelease flux-system\/traefik needs ServiceAccount traefik\/proxy, which no layer makes/,
        fix: /add ServiceAccount traefik\/proxy to a layer before infra/,
    },
    {
        accepts: "a pod of a chart whose account the chart makes",
        edits: [],
        published: [
            inPlaceOfTraefik(traefikPods({}, { serviceAccountName: "proxy" }), {
                apiVersion: "v1",
                kind: "ServiceAccount",
                metadata: { name: "proxy" },
            }),
        ],
    },
]);
