import * as assert from "node:assert/strict";
import { groupVersion, isMap, type KubernetesObject, label } from "../../tools/tree/object";
import { type LiveCluster, liveClusters, livePods, namespaceNamed } from "../../tools/tree/rendering/live";
import { kubectl } from "../support/kubectl";
import { committedTree } from "../support/tree";
import { until } from "../support/until";
import { TestApiServer } from "@landfall/sandbox/testing";

/** What decides about other objects, and what those name. */
const first = [
    "Namespace",
    "PriorityClass",
    "ServiceAccount",
    "LimitRange",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

/**
 * The tree's admission policies, limits and Pod Security, as an API server applies them to what the tree and its charts
 * make: each object of Kubernetes' own kinds, and a pod of each workload, since no controller makes any here. Custom
 * resources are left out; their definitions are not here.
 */
describe("admission by the tree's policies", function () {
    this.timeout(300_000);
    const server = new TestApiServer();
    let clusters: readonly LiveCluster[];

    before(async () => {
        clusters = await liveClusters(await committedTree());
        await server.start();
    });
    after(() => server.stop());

    it("lets in what every release and every layer makes, in each environment and with each mesh", async () => {
        const judged = new Set<string>();
        const refused: string[] = [];
        for (const live of clusters) {
            const objects = objectsOf(live);
            const applied = ["apply", "--server-side", "--force-conflicts"];
            const { failed, stderr } = await kubectl(server, applied, objects.filter(isFirst));
            assert.equal(failed, false, stderr);
            await untilRefusing();
            const pods = livePods(live).map(podOf);
            const others = [...objects.filter((object) => !isFirst(object)), ...pods].filter((object) => {
                const { namespace = "" } = object.metadata;
                const key = JSON.stringify([object, namespaceNamed(live, namespace)?.object]);
                return !judged.has(key) && judged.add(key);
            });
            refused.push(...(await refusals(others)).map((line) => `${live.cluster.environment}: ${line}`));
        }
        assert.ok(judged.size > 500, String(judged.size));
        assert.deepEqual(refused, []);
    });

    it("refuses what breaks them", async () => {
        const pod = { image: "docker.io/library/shell:1", name: "shell" };
        const broken = [
            externalAddress,
            podIn("external-dns", [{ ...pod, securityContext: { privileged: true } }]),
            deploymentIn("podinfo", { ...pod, image: "docker.io/library/shell:latest" }),
            { ...podIn("default", [pod]), spec: { containers: [pod], priorityClassName: "most-important" } },
        ];
        const [address, security, tag, priority] = await refusals(broken);
        assert.match(address ?? "", /external-addresses.*externalIPs takes traffic/);
        assert.match(security ?? "", /violates PodSecurity "restricted:latest": privileged/);
        assert.match(tag ?? "", /give these images a tag other than latest/);
        assert.match(priority ?? "", /no PriorityClass with name most-important/);
    });

    const externalAddress = {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name: "outside", namespace: "default" } },
        spec: { ports: [{ port: 80 }], externalIPs: ["198.18.0.1"] },
    };

    /** A policy takes a moment to count. */
    const untilRefusing = () =>
        until("the policies", async () => (await refusals([externalAddress])).join(), /external-addresses/);

    /** What the API server has against creating the objects. */
    async function refusals(objects: readonly object[]): Promise<string[]> {
        const { stderr } = await kubectl(server, ["create", "--dry-run=server", "--validate=false"], objects);
        return stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Warning:"));
    }
});

/** Kubernetes' own groups. */
const groups = [
    ...["", "apps", "autoscaling", "batch", "policy", "admissionregistration.k8s.io", "networking.k8s.io"],
    ...["rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io"],
];

/**
 * Of Kubernetes' own kinds, but for what is encrypted. Namespaces come first, the program's own among them, and what a
 * controller makes in each.
 */
function objectsOf({ objects }: LiveCluster): KubernetesObject[] {
    const own = objects
        .map(({ object }) => object)
        .filter((object) => groups.includes(groupVersion(object).group) && object.sops === undefined);
    const program = { apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } };
    const namespaces = [program, ...own.filter(({ kind }) => kind === "Namespace")];
    const accounts = [...namespaces.map(({ metadata }) => metadata.name), "default"].map((namespace) => ({
        ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } },
    }));
    const all = [...namespaces, ...accounts, ...own];
    return [...new Map(all.map((object) => [label(object), object])).values()];
}

const isFirst = ({ kind }: KubernetesObject) => first.includes(kind);

/** A pod as the workload's controller would make it. */
function podOf({ source, namespace, labels, spec }: ReturnType<typeof livePods>[number]): KubernetesObject {
    const { kind, metadata } = source.object;
    const name = `${kind}-${metadata.name}`.toLowerCase().slice(0, 60);
    return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec: isMap(spec) ? spec : {} };
}

function podIn(namespace: string, containers: readonly object[]): object {
    return { apiVersion: "v1", kind: "Pod", metadata: { name: "shell", namespace }, spec: { containers } };
}

function deploymentIn(namespace: string, container: object): object {
    const labels = { app: "shell" };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shell", namespace } },
        spec: { selector: { matchLabels: labels }, template },
    };
}
