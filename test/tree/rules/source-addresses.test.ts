import { describeRule } from "../../support/rule-examples";

const policy = "policies/source-addresses.yaml";

describeRule("source-addresses", [
    {
        finds: "a source at an address that is not allowed",
        edits: [{ file: "systems/traefik/source.yaml", from: "oci://ghcr.io/traefik/", to: "oci://ghcr.io/traefic/" }],
        line: "url: oci://ghcr.io/traefic/",
        problem:
            /OCIRepository flux-system\/traefik is at oci:\/\/ghcr\.io\/traefic\/helm\/traefik, which source-addresses does not allow/,
        fix: /add 'oci:\/\/ghcr\.io\/traefic\/helm\/traefik' to variable allowed/,
    },
    {
        finds: "a source of a system that no environment lists",
        edits: [{ file: policy, from: "        'https://helm-charts.newrelic.com',\n", to: "" }],
        file: "systems/new-relic/source.yaml",
        line: "url: https://helm-charts.newrelic.com",
        problem: /HelmRepository flux-system\/newrelic is at https:\/\/helm-charts\.newrelic\.com/,
        fix: /variable allowed/,
    },
    {
        finds: "the images of another registry",
        edits: [{ file: "systems/podinfo/image-policy.yaml", from: "image: ghcr.io/", to: "image: gcr.io/" }],
        line: "image: gcr.io/",
        problem: /ImageRepository flux-system\/podinfo is at oci:\/\/gcr\.io\/stefanprodan\/podinfo/,
        fix: /variable allowed/,
    },
    {
        finds: "an address that begins like an allowed one",
        edits: [{ file: policy, from: "'oci://quay.io/jetstack/charts'", to: "'oci://quay.io/jetstack/chart'" }],
        file: "systems/cert-manager/source.yaml",
        line: "url: oci://quay.io/jetstack/charts",
        problem: /cert-manager is at oci:\/\/quay\.io\/jetstack\/charts\/cert-manager/,
        fix: /variable allowed/,
    },
    {
        finds: "an allowed address where no source is",
        edits: [
            {
                file: policy,
                from: "'https://flagger.app',",
                to: "'https://flagger.app', 'https://charts.example.org',",
            },
        ],
        line: "variables:",
        options: { environments: ["staging"] },
        problem: /allows https:\/\/charts\.example\.org, where no source is/,
        fix: /take the address away/,
    },
]);
