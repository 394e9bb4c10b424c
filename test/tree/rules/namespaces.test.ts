import { describeRule } from "../../support/rule-examples";

describeRule("namespaces", [
    {
        finds: "an object in a namespace that no layer makes",
        edits: [
            { file: "systems/podinfo/service-account.yaml", from: "namespace: podinfo", to: "namespace: podinfos" },
        ],
        line: "namespace: podinfos",
        problem: /needs Namespace podinfos, which no layer makes/,
        fix: /did you mean Namespace podinfo\?/,
    },
    {
        finds: "a release into a namespace that no layer makes",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "targetNamespace: traefik",
                to: "targetNamespace: nowhere",
            },
        ],
        line: "targetNamespace: nowhere",
        problem: /HelmRelease flux-system\/traefik needs Namespace nowhere, which no layer makes/,
        fix: /add Namespace nowhere to a layer before infra/,
    },
    {
        finds: "a release into a namespace of a layer that it does not wait for",
        edits: [
            {
                file: "clusters/base/infra.yaml",
                from: "    - name: namespaces\n    - name: crds\n    - name: identities\n    - name: security\n",
                to: "    - name: crds\n",
            },
        ],
        file: "systems/traefik/release.yaml",
        line: "targetNamespace: traefik",
        problem: /needs Namespace traefik, which layer namespaces makes, not one before infra/,
        fix: /add "- name: namespaces" to dependsOn in clusters\/base\/infra\.yaml/,
    },
]);
