import { describeRule } from "../../support/rule-examples";

describeRule("ingress-classes", [
    {
        finds: "an Ingress of a class that no release serves",
        edits: [
            {
                file: "systems/podinfo/ingress.yaml",
                from: "ingressClassName: traefik",
                to: "ingressClassName: nginx",
            },
        ],
        line: "ingressClassName: nginx",
        problem: /Ingress podinfo\/podinfo needs IngressClass nginx, which no layer makes/,
        fix: /add IngressClass nginx/,
    },
    {
        finds: "an issuer that solves through a class that no release serves",
        edits: [
            {
                file: "systems/cert-manager/letsencrypt.yaml",
                from: "ingressClassName: traefik",
                to: "ingressClassName: traefic",
            },
        ],
        line: "ingressClassName: traefic",
        problem: /ClusterIssuer letsencrypt needs IngressClass traefic/,
        fix: /did you mean IngressClass traefik\?/,
    },
    {
        finds: "a class that its release has turned off",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "ingressClass:\n      enabled: true",
                to: "ingressClass:\n      enabled: false",
            },
        ],
        file: "systems/podinfo/ingress.yaml",
        line: "ingressClassName: traefik",
        problem: /needs IngressClass traefik, which no layer makes/,
        fix: /IngressClass traefik/,
    },
]);
