import { own } from "./attempt";
import { edge } from "./edge";
import { applying, configMap, type Escape, platform } from "./escape";
import { rights } from "./rights";

const [foreignHost] = edge.filter(({ title }) => title === "a route for the platform's host");
const [administrator] = rights.filter(({ title }) => title === "a RoleBinding to cluster-admin, in its own namespace");

/** What the team's Kustomization says of what the API server refuses: to be read where the team looks. */
export const commits: readonly Escape[] = [
    applying(
        "in-platform",
        "an object in the platform's namespace, by a commit",
        configMap("escape", platform),
        new RegExp(`configmaps.* is forbidden: User "system:serviceaccount:${own}:flux" cannot `),
    ),
    ...[foreignHost, administrator].map((attempt, index) =>
        applying(`refused-${index}`, `${attempt!.title}, by a commit`, attempt!.object, attempt!.message),
    ),
    {
        title: "a privileged container with the node's files, by pod security",
        object: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "privileged" },
            spec: {
                selector: { matchLabels: { app: "privileged" } },
                template: {
                    metadata: { labels: { app: "privileged" } },
                    spec: {
                        nodeSelector: { "kubernetes.azure.com/mode": "user" },
                        containers: [{ name: "main", image: "busybox:1.37.0", securityContext: { privileged: true } }],
                        volumes: [{ name: "node", hostPath: { path: "/" } }],
                    },
                },
            },
        },
        condition: ["ReplicaFailure", "True"],
        message: /violates PodSecurity "restricted:latest": .*hostPath/,
    },
];
