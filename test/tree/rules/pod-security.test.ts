import { brokenTraefik, inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const restricted = "namespace traefik refuses \\(pod-security\\.kubernetes\\.io/enforce: restricted\\): ";

describeRule("pod-security", [
    {
        accepts: "a pod of a chart that passes",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods())],
    },
    brokenTraefik(
        "a container of a chart that may gain privileges",
        [traefikPods({ securityContext: { capabilities: { drop: ["ALL"] } } })],
        new RegExp(`makes Deployment traefik/traefik, which ${restricted}container traefik has no allowPrivilege`),
        /the value of chart traefik that changes containers\.0\.securityContext\.allowPrivilegeEscalation, or lower the namespace's level in systems\/traefik\/namespace\.yaml/,
    ),
    brokenTraefik(
        "a pod of a chart without a seccomp profile",
        [traefikPods({}, { securityContext: { runAsNonRoot: true } })],
        /container traefik has no seccompProfile of type RuntimeDefault/,
        /seccompProfile/,
    ),
    brokenTraefik(
        "a volume of the node",
        [traefikPods({}, { volumes: [{ name: "log", hostPath: { path: "/var/log" } }] })],
        /has hostPath volume log/,
        /changes volumes\.0/,
    ),
    brokenTraefik(
        "a pod in the node's network",
        [traefikPods({}, { hostNetwork: true })],
        /sets hostNetwork/,
        /hostNetwork/,
    ),
    brokenTraefik(
        "the pod of a hook",
        [
            traefikPods(),
            {
                apiVersion: "batch/v1",
                kind: "Job",
                metadata: { name: "migrate", annotations: { "helm.sh/hook": "pre-upgrade" } },
                spec: { template: { spec: { containers: [{ name: "migrate", image: "docker.io/busybox:1.37.0" }] } } },
            },
        ],
        /makes Job traefik\/migrate, which .* container migrate does not drop ALL capabilities/,
        /capabilities\.drop/,
    ),
    {
        finds: "a pod of the tree, when its namespace becomes stricter than it",
        edits: [
            {
                file: "systems/podinfo/deployment.yaml",
                from: "allowPrivilegeEscalation: false",
                to: "allowPrivilegeEscalation: true",
            },
        ],
        line: "allowPrivilegeEscalation: true",
        problem: /Deployment podinfo\/podinfo namespace podinfo refuses/,
        fix: /change it, or lower the namespace's level in systems\/podinfo\/namespace\.yaml/,
    },
]);
