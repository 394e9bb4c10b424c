import * as assert from "node:assert/strict";
import { Egress } from "../../../cluster/egress";
import type { Pod } from "../../../cluster/pod";

const labelled = (name: string, namespace: string, podIP: string): Pod => ({
    metadata: { name, namespace, uid: name, resourceVersion: "1", labels: { app: name } },
    spec: { containers: [{ name: "main", ports: [{ name: "http", containerPort: 9090 }] }] },
    status: { podIP },
});

const [own, server, other] = [
    labelled("own", "team", "10.244.0.1"),
    labelled("server", "platform", "10.244.0.2"),
    labelled("other", "platform", "10.244.0.3"),
];

const service = (name: string) => ({
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: "http" }] },
});

/** What the cluster has, by path; the policies are those of the test. */
function egressUnder(...specs: object[]): Egress {
    const objects: Readonly<Record<string, unknown>> = {
        "/apis/networking.k8s.io/v1/namespaces/team/networkpolicies": {
            items: specs.map((spec, index) => ({ metadata: { name: `policy-${index}` }, spec })),
        },
        "/api/v1/namespaces": {
            items: ["team", "platform"].map((name) => ({ metadata: { name, labels: { name } } })),
        },
        "/api/v1/pods": { items: [own, server, other] },
        "/api/v1/namespaces/platform/pods": { items: [server, other] },
        "/api/v1/namespaces/platform/services/server": service("server"),
        "/api/v1/namespaces/platform/services/other": service("other"),
    };
    const find = (path: string) => Promise.resolve(objects[path] as never);
    return new Egress({ get: find, find });
}

const hosts = {
    server: ["server.platform.svc.cluster.local", 80],
    serverByAddress: ["10.244.0.2", 9090],
    other: ["other.platform.svc", 80],
    outside: ["example.org", 443],
    outsideByHttp: ["example.org", 80],
    metadata: ["169.254.169.254", 443],
} as const;

/** The destinations that the policies let the pod reach. */
async function reached(...specs: object[]): Promise<string[]> {
    const egress = egressUnder(...specs);
    const answers = Object.entries(hosts).map(async ([name, [host, port]]) => {
        return (await egress.refusal(own, host, port)) === undefined ? [name] : [];
    });
    return (await Promise.all(answers)).flat();
}

const everything = Object.keys(hosts);
const policy = (egress: readonly object[], podSelector: object = {}) => ({
    podSelector,
    policyTypes: ["Egress"],
    egress,
});
const platform = { namespaceSelector: { matchLabels: { name: "platform" } } };

describe("network policies of pods that run on the host", () => {
    it("let through what none of them is about", async () => {
        assert.deepEqual(await reached(), everything);
        assert.deepEqual(await reached(policy([], { matchLabels: { app: "other" } })), everything);
        assert.deepEqual(await reached({ podSelector: {}, policyTypes: ["Ingress"] }), everything);
    });

    it("let nothing through that no rule names, and add up", async () => {
        assert.deepEqual(await reached(policy([])), []);
        assert.deepEqual(await reached(policy([]), policy([{}])), everything);
    });

    it("know pods by their labels and those of their namespaces, whichever way they are asked for", async () => {
        const peer = { ...platform, podSelector: { matchLabels: { app: "server" } } };
        assert.deepEqual(await reached(policy([{ to: [peer] }])), ["server", "serverByAddress"]);
        assert.deepEqual(await reached(policy([{ to: [platform] }])), ["server", "serverByAddress", "other"]);
        assert.deepEqual(await reached(policy([{ to: [{ podSelector: {} }] }])), []);
    });

    it("know the pod's port, not the service's", async () => {
        const rule = (port: number | string) => policy([{ to: [platform], ports: [{ port }] }]);
        assert.deepEqual(await reached(rule(9090)), ["server", "serverByAddress", "other"]);
        assert.deepEqual(await reached(rule("http")), ["server", "serverByAddress", "other"]);
        assert.deepEqual(await reached(rule(80)), []);
    });

    it("know the outside by its addresses, without those that are excepted", async () => {
        const ipBlock = { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] };
        assert.deepEqual(await reached(policy([{ to: [{ ipBlock }], ports: [{ port: 443 }] }])), ["outside"]);
    });

    it("select by every operator", async () => {
        const select = (operator: string, values?: readonly string[]) =>
            reached(policy([], { matchExpressions: [{ key: "app", operator, values }] }));
        assert.deepEqual(await select("In", ["own"]), []);
        assert.deepEqual(await select("NotIn", ["own"]), everything);
        assert.deepEqual(await select("Exists"), []);
        assert.deepEqual(await select("DoesNotExist"), everything);
    });

    it("say who may not reach what, and by which policies", async () => {
        const message = await egressUnder(policy([])).refusal(own, "example.org", 443);
        assert.equal(message, "NetworkPolicies policy-0 do not let pod team/own reach example.org:443");
    });
});
