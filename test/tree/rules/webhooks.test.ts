import { brokenTraefik, inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const release = "systems/traefik/release.yaml";
const policy = "systems/traefik/network-policy.yaml";
const pods = traefikPods();
const service = (port: object = {}) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "hook" },
    spec: {
        selector: { "app.kubernetes.io/name": "traefik" },
        ports: [{ port: 443, targetPort: "websecure", ...port }],
    },
});
const call = { name: "hook", namespace: "traefik" };
const webhook = (target: object = call) => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "hook" },
    webhooks: [{ name: "hook.example.org", clientConfig: { service: target } }],
});

describeRule("webhooks", [
    {
        accepts: "a webhook whose Service leads to an open port of a pod",
        edits: [],
        published: [inPlaceOfTraefik(pods, service(), webhook())],
    },
    brokenTraefik(
        "a webhook whose Service nobody makes",
        [pods, service(), webhook({ ...call, name: "hok" })],
        /makes ValidatingWebhookConfiguration hook, which calls Service traefik\/hok, which nothing makes/,
        /namespace traefik has: hook/,
    ),
    brokenTraefik(
        "a conversion that leads to a namespace which is not there",
        [
            pods,
            {
                apiVersion: "apiextensions.k8s.io/v1",
                kind: "CustomResourceDefinition",
                metadata: { name: "routes.example.org" },
                spec: {
                    group: "example.org",
                    conversion: { webhook: { clientConfig: { service: { name: "hook", namespace: "replaceme" } } } },
                },
            },
        ],
        /makes CustomResourceDefinition routes\.example\.org, which calls Service replaceme\/hook/,
        /namespace replaceme has no Service/,
    ),
    brokenTraefik(
        "a port that the Service does not have",
        [pods, service(), webhook({ ...call, port: 8443 })],
        /calls port 8443 of Service traefik\/hook, which has 443/,
        /correct the port/,
    ),
    brokenTraefik(
        "a Service that leads to a port which no pod has",
        [pods, service({ targetPort: "admission" }), webhook()],
        /calls Service traefik\/hook, behind which no pod has port admission/,
        /selector or the port/,
    ),
    {
        finds: "a port that the network policies keep closed",
        edits: [{ file: policy, from: "        - port: websecure\n          protocol: TCP\n", to: "" }],
        published: [inPlaceOfTraefik(pods, service(), webhook())],
        file: release,
        line: "values:",
        problem: /calls Service traefik\/hook, whose pods no network policy lets the API server in to/,
        fix: /allow port websecure without "from" in a NetworkPolicy of namespace traefik/,
    },
]);
