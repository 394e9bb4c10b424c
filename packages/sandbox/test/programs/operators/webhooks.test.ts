import * as assert from "node:assert/strict";
import { OperatorCluster } from "../../support/operator-cluster";

/** Webhooks of operators whose pods run nothing. */
describe("a webhook in the sandbox", function () {
    this.timeout(60_000);
    let cluster: OperatorCluster;
    const configuration = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard";

    const service = (name: string, port: string, targetPort: string) => ({
        ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace: "flagger" } },
        spec: { selector: { app: "flagger" }, ports: [{ name: port, port: 443, targetPort }] },
    });
    const guard = (name: string) => ({
        ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
        metadata: { name: "guard" },
        webhooks: [
            {
                name: "guard.example.com",
                admissionReviewVersions: ["v1"],
                sideEffects: "None",
                failurePolicy: "Fail",
                timeoutSeconds: 5,
                clientConfig: { service: { name, namespace: "flagger", path: "/validate" } },
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "apps" } },
                rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
            },
        ],
    });
    const creation = async () => {
        const path = "/api/v1/namespaces/apps/configmaps";
        return cluster.api.create(path, { metadata: { generateName: "try-" } }).then(
            () => "created",
            (error: unknown) => String(error),
        );
    };
    const install = (replicas: number) =>
        cluster.install("flagger", "flagger", "ghcr.io/fluxcd/flagger:1.44.0", {}, undefined, replicas);
    const until = (pattern: RegExp) => cluster.until(String(pattern), async () => pattern.test(await creation()));
    const hasAuthority = async () =>
        JSON.stringify(await cluster.api.get<object>(configuration)).includes('"caBundle"');

    before(async () => {
        cluster = await OperatorCluster.start();
        await cluster.namespace("apps");
        await cluster.namespace("flagger");
        await cluster.apply(service("guard", "https", "http"));
        await cluster.apply(service("closed", "https", "no-such-port"));
        await cluster.apply(guard("guard"));
        await until(/failed calling webhook/);
    });

    after(() => cluster.stop());

    it("is trusted by nobody before its operator has a pod", async () => {
        assert.match(await creation(), /failed calling webhook "guard\.example\.com".*certificate/);
        assert.equal(await hasAuthority(), false);
    });

    it("lets pass once its operator is available", async () => {
        await install(1);
        await until(/created/);
        assert.equal(await hasAuthority(), true);
    });

    it("refuses while its operator has no pod", async () => {
        await install(0);
        await until(/failed calling webhook/);
        await install(1);
        await until(/created/);
    });

    it("refuses at a port that no container has", async () => {
        await cluster.apply(guard("closed"));
        await until(/failed calling webhook/);
        await cluster.api.delete(configuration);
        await until(/created/);
    });
});
