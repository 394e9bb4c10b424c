import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const webhooks = (namespaceSelector: object | undefined, annotations = {}) => ({
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" },
    metadata: { name: "traefik", annotations },
    webhooks: [{ name: "pods.example.org", namespaceSelector, sideEffects: "None", admissionReviewVersions: ["v1"] }],
});
const chart = (...objects: object[]) => [inPlaceOfTraefik(traefikPods(), ...objects)];

describeRule("webhook-namespaces", [
    {
        finds: "webhooks that choose namespaces, which AKS would change",
        edits: [{ file: "systems/cert-manager/release.yaml", from: "  labels:\n    webhooks: whole\n", to: "" }],
        line: "metadata:",
        problem:
            /cert-manager makes ValidatingWebhookConfiguration cert-manager-webhook, which says for which namespaces/,
        fix: /webhooks: whole/,
    },
    {
        finds: "webhooks that say that they are for all",
        edits: [],
        published: chart(webhooks({})),
        file: "systems/traefik/release.yaml",
        line: "metadata:",
        problem: /traefik makes MutatingWebhookConfiguration traefik, which says/,
        fix: /webhooks: whole/,
    },
    { accepts: "webhooks that leave it to the API server", edits: [], published: chart(webhooks(undefined)) },
    {
        accepts: "webhooks that AKS is told to leave alone",
        edits: [],
        published: chart(webhooks({}, { "admissions.enforcer/disabled": "true" })),
    },
    {
        finds: "webhooks that the tree brings itself",
        edits: [
            {
                file: "policies/webhook.yaml",
                text: JSON.stringify(webhooks({ matchLabels: { a: "b" } })),
            },
            {
                file: "layers/security/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../policies/webhook.yaml\n",
            },
        ],
        line: "webhooks",
        problem: /^MutatingWebhookConfiguration traefik says for which namespaces it is/,
        fix: /admissions\.enforcer\/disabled/,
    },
]);
