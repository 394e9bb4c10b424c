import { type Attempt, attempt, denied } from "./attempt";
import { podSpec } from "./team-manifests";

type Spec = Readonly<Record<string, unknown>>;

const metadata = { labels: { app: "escape" } };
const selector = { matchLabels: metadata.labels };

const deployment = (title: string, changes: Spec, message: RegExp): Attempt =>
    attempt(
        title,
        "apps/v1",
        "Deployment",
        { spec: { selector, template: { metadata, spec: { ...podSpec, ...changes } } } },
        message,
    );

const ownNodes = denied("a tenant's pods keep off the cluster's own nodes; write nodeSelector");
const scheduler = denied("a tenant leaves it to the cluster's scheduler which node a pod runs on");
const taint = denied("a tenant's pods tolerate a node's conditions and spot nodes");
const priority = denied("a tenant's pod has no priorityClassName, or batch");
const image = denied("give these images a tag other than latest");
const system = { nodeSelector: { "kubernetes.azure.com/mode": "system" } };
const job = { spec: { ...podSpec, ...system, restartPolicy: "Never" } };
const images = (name: string) => ({ containers: [{ ...podSpec.containers[0], image: name }] });

/** What would run where, or before whom, it should not. */
export const pods: readonly Attempt[] = [
    deployment("pods that may run on any node, the cluster's own among them", { nodeSelector: {} }, ownNodes),
    deployment("pods on the cluster's own nodes", system, ownNodes),
    attempt(
        "one pod on each node",
        "apps/v1",
        "DaemonSet",
        { spec: { selector, template: { metadata, spec: { ...podSpec, nodeSelector: {} } } } },
        ownNodes,
    ),
    attempt(
        "a StatefulSet on the cluster's own nodes",
        "apps/v1",
        "StatefulSet",
        { spec: { serviceName: "escape", selector, template: { metadata, spec: { ...podSpec, ...system } } } },
        ownNodes,
    ),
    attempt("a Job on the cluster's own nodes", "batch/v1", "Job", { spec: { template: job } }, ownNodes),
    attempt(
        "a CronJob on the cluster's own nodes",
        "batch/v1",
        "CronJob",
        { spec: { schedule: "* * * * *", jobTemplate: { spec: { template: job } } } },
        ownNodes,
    ),
    deployment("pods on a node of its choice", { nodeName: "aks-system-1" }, scheduler),
    deployment("pods that another scheduler places", { schedulerName: "mine" }, scheduler),
    deployment("pods that tolerate everything", { tolerations: [{ operator: "Exists" }] }, taint),
    ...["CriticalAddonsOnly", "node-role.kubernetes.io/control-plane", "team-other"].map((key) =>
        deployment(`pods that tolerate ${key}`, { tolerations: [{ key, operator: "Exists" }] }, taint),
    ),
    ...["system-cluster-critical", "system-node-critical", "platform-critical", "platform"].map((priorityClassName) =>
        deployment(`pods of priority ${priorityClassName}`, { priorityClassName }, priority),
    ),
    deployment("an image that moves", images("ghcr.io/stefanprodan/podinfo:latest"), image),
    deployment("an image without a version", images("ghcr.io/stefanprodan/podinfo"), image),
];
