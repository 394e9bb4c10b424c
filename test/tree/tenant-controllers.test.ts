import * as assert from "node:assert/strict";
import { list, mapAt } from "../../tools/tree/object";
import { renderTree } from "../../tools/tree/render";
import { everyOfKind } from "../../tools/tree/tree";
import { clusterOf, treeRoot } from "../support/tree";
import { small } from "../support/tree-copy";
import { Egress, type Pod } from "@landfall/sandbox/testing";

const controllers = ["source-controller", "kustomize-controller", "helm-controller"];
const hosts = {
    artifacts: "source-controller-tenants",
    platform: "source-controller",
    events: "notification-controller",
} as const;

/** A pod of Flux, with the ports that its containers have. */
const podOf = (app: string): Pod => ({
    metadata: { name: app, namespace: "flux-system", uid: app, resourceVersion: "1", labels: { app } },
    spec: { containers: [{ name: "manager", ports: [{ name: "http", containerPort: 9090 }] }] },
    status: { podIP: `10.244.0.${app.length}` },
});

const pods = [
    ...controllers.flatMap((name) => [podOf(name), podOf(`${name}-tenants`)]),
    podOf(hosts.events),
    { ...podOf("grafana"), metadata: { ...podOf("grafana").metadata, namespace: "monitoring" } },
];

let rendered: ReturnType<typeof renderTree> | undefined;

/** The tree's policies of Flux's namespace, without Flux's own, from which the tenants' controllers are taken out. */
async function treePolicies() {
    rendered ??= renderTree(treeRoot, small);
    const cluster = clusterOf(await rendered, "staging");
    return everyOfKind(cluster, "NetworkPolicy")
        .map(({ object }) => object)
        .filter(({ metadata }) => metadata.namespace === "flux-system");
}

async function egress(): Promise<Egress> {
    const service = (name: string) => ({
        spec: { selector: { app: name }, ports: [{ port: 80, targetPort: "http" }] },
    });
    const inNamespace = (namespace: string) => ({
        items: pods.filter(({ metadata }) => metadata.namespace === namespace),
    });
    const objects: Readonly<Record<string, unknown>> = {
        "/apis/networking.k8s.io/v1/namespaces/flux-system/networkpolicies": { items: await treePolicies() },
        "/api/v1/pods": { items: pods },
        "/api/v1/namespaces": { items: [] },
        "/api/v1/namespaces/flux-system/pods": inNamespace("flux-system"),
        "/api/v1/namespaces/monitoring/pods": inNamespace("monitoring"),
        "/api/v1/namespaces/monitoring/services/grafana": service("grafana"),
        ...Object.fromEntries(
            Object.values(hosts).map((name) => [`/api/v1/namespaces/flux-system/services/${name}`, service(name)]),
        ),
    };
    const find = (path: string) => Promise.resolve(objects[path] as never);
    return new Egress({ get: find, find });
}

/** What one of the tenants' controllers reaches, of what an attacker would name. */
async function reachedBy(controller: string): Promise<string[]> {
    const fence = await egress();
    const urls = {
        ...Object.fromEntries(Object.entries(hosts).map(([key, name]) => [key, [`${name}.flux-system.svc`, 80]])),
        grafana: ["grafana.monitoring.svc.cluster.local", 80],
        pod: [podOf("grafana").status?.podIP ?? "", 9090],
        metadata: ["169.254.169.254", 80],
        metadataByTls: ["169.254.169.254", 443],
        virtualNetwork: ["10.10.0.4", 443],
        public: ["example.org", 443],
        publicByHttp: ["example.org", 80],
        ssh: ["github.com", 22],
    } as const;
    const reached = await Promise.all(
        Object.entries(urls).map(async ([name, [host, port]]) =>
            (await fence.refusal(podOf(controller), host, port)) === undefined ? [name] : [],
        ),
    );
    return reached.flat();
}

describe("The controllers that reconcile what teams make", () => {
    it("reach no service of the cluster but notifications and artifacts, of teams alone where a file names a URL", async () => {
        assert.deepEqual(await reachedBy("kustomize-controller-tenants"), ["artifacts", "events", "public"]);
        assert.deepEqual(await reachedBy("helm-controller-tenants"), ["artifacts", "platform", "events", "public"]);
        assert.deepEqual(await reachedBy("source-controller-tenants"), ["events", "public", "ssh"]);
    });

    it("answer nobody but each other", async () => {
        const incoming = (await treePolicies())
            .filter(({ metadata }) => metadata.name.startsWith("tenant-"))
            .flatMap((policy) => list(policy, "spec.ingress"));
        const [sources, ...others] = incoming;
        assert.deepEqual(others, []);
        assert.deepEqual(mapAt(list(sources, "from")[0], "podSelector"), {
            matchExpressions: [
                { key: "app", operator: "In", values: ["kustomize-controller-tenants", "helm-controller-tenants"] },
            ],
        });
    });
});
