import { describeRule } from "../../support/rule-examples";

describeRule("webhook-namespaces", [
    {
        finds: "webhooks that choose namespaces, which AKS would change",
        edits: [{ file: "systems/cert-manager/release.yaml", from: "  labels:\n    webhooks: whole\n", to: "" }],
        line: "metadata:",
        problem: /cert-manager has ValidatingWebhookConfiguration cert-manager-webhook, which chooses namespaces/,
        fix: /webhooks: whole/,
    },
]);
