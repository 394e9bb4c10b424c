import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import * as path from "node:path";
import { pipeline } from "node:stream";
import { KubernetesApi } from "../../kubernetes/api";
import { freePort } from "../../network/free-port";
import { InitializationError } from "../../plugins/initialization-error";
import { kubeconfigAccess, loadKubeConfig } from "../../plugins/kubernetes/kubeconfig";
import { KubernetesProvider } from "../../plugins/kubernetes/provider";
import type { Properties } from "../../plugins/provider";
import { binary, TestApiServer } from "../../testing/api-server";

const configMap = "kubernetes:core/v1:ConfigMap";
const namespace = "kubernetes:core/v1:Namespace";
const widget = "kubernetes:example.com/v1:Widget";
const definition = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const release = "kubernetes:helm.sh/v3:Release";

const configMapInputs = (name: string, data: object = { a: "1" }, metadata: object = {}) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", ...metadata },
    data,
});
const widgetInputs = (annotations: object = {}) => ({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "w", annotations },
    spec: { size: 1 },
    status: { conditions: [{ type: "Ready", status: "False", reason: "Stuck", message: "no parts" }] },
});
const definitionInputs = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets" },
        versions: [
            {
                name: "v1",
                served: true,
                storage: true,
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
};

describe("the kubernetes plugin's stand-in", function () {
    this.timeout(60_000);
    const api = new TestApiServer();
    let provider: KubernetesProvider;

    before(() => api.start());
    after(() => api.stop());

    beforeEach(() => configured());

    async function configured(settings: Properties = {}): Promise<void> {
        provider = new KubernetesProvider();
        await provider.configure({ kubeconfig: api.kubeconfig(), ...settings });
    }

    async function make(type: string, inputs: Properties, seconds = 20) {
        const { inputs: checked, failures } = await provider.check(type, "made", undefined, inputs);
        assert.deepEqual(failures ?? [], []);
        return provider.create(type, "made", checked, seconds);
    }

    it("applies, changes, reads and deletes an object", async () => {
        const { id, outputs } = await make(configMap, configMapInputs("whole"));
        assert.equal(id, "default/whole");
        assert.ok((outputs.metadata as Properties).uid);
        // Nothing collects garbage here, which a deletion in the foreground waits for.
        const policy = { annotations: { "pulumi.com/deletionPropagationPolicy": "background" } };
        const changed = configMapInputs("whole", { a: "2" }, policy);
        await provider.update(configMap, id, {}, changed, 20);
        assert.deepEqual((await provider.read(configMap, id, changed, {}))?.inputs, changed);
        await provider.delete(configMap, id, changed, {}, 20);
        assert.equal(await provider.read(configMap, id, changed, {}), undefined);
    });

    it("does not take over what exists, nor another manager's field", async () => {
        const { id } = await make(configMap, configMapInputs("theirs"));
        await assert.rejects(make(configMap, configMapInputs("theirs")), /ConfigMap default\/theirs exists already/);
        await takeOver("theirs", "someone");
        const changed = configMapInputs("theirs", { a: "mine" });
        await assert.rejects(provider.update(configMap, id, {}, changed, 20), /conflict with "someone".*patchForce/s);
        const forced = configMapInputs("theirs", { a: "mine" }, { annotations: { "pulumi.com/patchForce": "true" } });
        await provider.update(configMap, id, {}, forced, 20);
    });

    /** Sets the object's data as another field manager. */
    async function takeOver(name: string, manager: string): Promise<void> {
        const client = new KubernetesApi(kubeconfigAccess(loadKubeConfig(api.kubeconfig())));
        const path = `/api/v1/namespaces/default/configmaps/${name}`;
        await client.apply(path, configMapInputs(name, { a: "theirs" }), { name: manager, force: true });
    }

    it("waits for a kind that is on its way, and names the definition that never came", async () => {
        await assert.rejects(make(widget, widgetInputs(), 1), /no kind Widget in example.com\/v1/);
        const waiting = make(widget, widgetInputs());
        await make(definition, definitionInputs);
        assert.equal((await waiting).id, "default/w");
    });

    it("waits as its annotation says, and tells at the timeout what is wrong", async () => {
        const wait = (text: string) => widgetInputs({ "pulumi.com/waitFor": text, "pulumi.com/timeoutSeconds": "1" });
        await provider.update(widget, "default/w", {}, wait("condition=Ready=False"), 20);
        await provider.update(widget, "default/w", {}, wait('["jsonpath={.spec.size}=1", "jsonpath={.status}"]'), 20);
        await assert.rejects(provider.update(widget, "default/w", {}, wait("condition=Ready"), 20), (error: Error) => {
            assert.ok(error instanceof InitializationError);
            assert.match(
                error.message,
                /Widget default\/w exists but was not ready after 1 s: condition Ready is False/,
            );
            assert.match(error.message, /Ready=False \(Stuck\): no parts/);
            return error.id === "default/w" && error.outputs.kind === "Widget";
        });
    });

    it("keeps what it made when the wait is cancelled", async () => {
        const endless = configMapInputs("endless", {}, { annotations: { "pulumi.com/waitFor": "condition=Ready" } });
        const waiting = make(configMap, endless);
        setTimeout(() => provider.cancel(), 500);
        await assert.rejects(waiting, (error: Error) => {
            return (
                error instanceof InitializationError &&
                error.message.includes("ConfigMap default/endless was cancelled")
            );
        });
    });

    it("waits for a deletion, and names the finalizer in its way", async () => {
        const held = configMapInputs("held", {}, { finalizers: ["example.com/hold"] });
        const { id } = await make(configMap, held);
        await assert.rejects(
            provider.delete(configMap, id, held, {}, 1),
            /its finalizers example.com\/hold, foregroundDeletion/,
        );
    });

    it("names what has no name, and says which changes need a new object", async () => {
        const nameless = { apiVersion: "v1", kind: "Namespace", metadata: {} };
        const { inputs } = await provider.check(namespace, "team", undefined, nameless);
        const { name } = inputs.metadata as { name: string };
        assert.match(name, /^team-[0-9a-f]{8}$/);
        const again = await provider.check(namespace, "team", inputs, nameless);
        assert.deepEqual(again.inputs, inputs);
        const diff = await provider.diff(
            configMap,
            "default/a",
            configMapInputs("a"),
            configMapInputs("a", { a: "2" }),
        );
        assert.deepEqual(diff, { updates: [], replaces: ["data.a"], deleteBeforeReplace: true });
    });

    it("replaces its objects for another cluster only", () => {
        const [one, other] = [api.kubeconfig(), api.kubeconfig({ cluster: { server: "https://other" } })];
        const token = api.kubeconfig({ user: { token: "another" } });
        assert.deepEqual(provider.diffConfig({ kubeconfig: one }, { kubeconfig: token }).replaces, []);
        assert.deepEqual(provider.diffConfig({ kubeconfig: one }, { kubeconfig: other }).replaces, ["kubeconfig"]);
        const named = { kubeconfig: one, clusterIdentifier: "a" };
        assert.deepEqual(provider.diffConfig(named, { ...named, kubeconfig: other }).replaces, []);
        assert.deepEqual(provider.diffConfig(named, { ...named, clusterIdentifier: "b" }).replaces, [
            "clusterIdentifier",
        ]);
    });

    it("fails on an unreachable cluster, or forgets its objects when told to", async () => {
        const kubeconfig = api.kubeconfig({ cluster: { server: `https://127.0.0.1:${await freePort()}` } });
        await configured({ kubeconfig });
        await assert.rejects(provider.read(configMap, "default/a", {}, {}), /cannot be reached/);
        await assert.rejects(provider.delete(configMap, "default/a", {}, {}, 5), /set deleteUnreachable/);
        await configured({ kubeconfig, deleteUnreachable: true });
        assert.equal(await provider.read(configMap, "default/a", {}, {}), undefined);
        await provider.delete(configMap, "default/a", {}, {}, 5);
    });

    it("logs in by a command and goes through the kubeconfig's proxy", async () => {
        const script = path.join(api.directory, "login.sh");
        const status = {
            apiVersion: "client.authentication.k8s.io/v1",
            kind: "ExecCredential",
            status: { token: api.token },
        };
        fs.writeFileSync(script, `#!/bin/sh\necho '${JSON.stringify(status)}'\n`, { mode: 0o700 });
        const exec = { apiVersion: status.apiVersion, command: script, interactiveMode: "Never" };
        const { proxy, connections } = await connectProxy();
        const { port } = proxy.address() as { port: number };
        const cluster = { "proxy-url": `http://127.0.0.1:${port}` };
        await configured({ kubeconfig: api.kubeconfig({ user: { exec }, cluster }) });
        await make(configMap, configMapInputs("through-proxy"));
        proxy.close();
        assert.ok(connections.every((target) => api.server.endsWith(target)) && connections.length > 0);
    });

    it("installs, upgrades, reads and uninstalls a Helm release", async () => {
        process.env.PATH = `${path.dirname(binary("helm"))}${path.delimiter}${process.env.PATH}`;
        const chart = path.join(api.directory, "chart");
        fs.mkdirSync(path.join(chart, "templates"), { recursive: true });
        fs.writeFileSync(
            path.join(chart, "Chart.yaml"),
            'apiVersion: v2\nname: tiny\nversion: 1.2.3\nappVersion: "9"\n',
        );
        const template =
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tiny}\ndata: {a: {{ .Values.a | quote }}}\n";
        fs.writeFileSync(path.join(chart, "templates", "map.yaml"), template);
        const inputs = (a: string) => ({
            chart,
            name: "tiny",
            namespace: "charts",
            createNamespace: true,
            values: { a },
        });
        const { id, outputs } = await make(release, inputs("1"));
        assert.equal(id, "charts/tiny");
        const status = { name: "tiny", namespace: "charts", chart: "tiny", version: "1.2.3", appVersion: "9" };
        assert.deepEqual(outputs.status, { ...status, revision: 1, status: "deployed" });
        const upgraded = await provider.update(release, id, inputs("1"), inputs("2"), 0);
        assert.equal((upgraded.outputs.status as Properties).revision, 2);
        assert.deepEqual((await provider.read(release, id, inputs("1"), {}))?.inputs, inputs("2"));
        assert.deepEqual((await provider.read(configMap, "charts/tiny", undefined, {}))?.inputs.data, { a: "2" });
        await provider.delete(release, id, inputs("2"), {}, 0);
        assert.equal(await provider.read(release, id, inputs("2"), {}), undefined);
    });
});

/** A proxy that passes connections on, with the list of what it was asked for. */
async function connectProxy(): Promise<{ proxy: Server; connections: string[] }> {
    const connections: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
        const { hostname, port } = new URL(`http://${request.url}`);
        connections.push(request.url ?? "");
        const upstream = connect(Number(port), hostname, () => {
            socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
            pipeline(upstream, socket, upstream, () => undefined);
        });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    return { proxy, connections };
}
