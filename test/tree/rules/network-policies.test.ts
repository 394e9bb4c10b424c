import { describeRule } from "../../support/rule-examples";

const file = "systems/traefik/network-policy.yaml";

describeRule("network-policies", [
    {
        finds: "a namespace without a policy for all of its pods",
        edits: [
            {
                file,
                from: "podSelector: {}\n  policyTypes",
                to: "podSelector:\n    matchLabels: {a: b}\n  policyTypes",
            },
        ],
        file: "systems/traefik/namespace.yaml",
        line: "name: traefik",
        problem: /Namespace traefik has no network policy that denies by default/,
        fix: /podSelector: \{\}/,
    },
    {
        finds: "a policy that allows everything",
        edits: [{ file, from: "ingress:\n", to: "ingress:\n    - {}\n" }],
        file: "systems/traefik/namespace.yaml",
        line: "name: traefik",
        problem: /Namespace traefik has no network policy/,
        fix: /allows what is needed alone/,
    },
]);
