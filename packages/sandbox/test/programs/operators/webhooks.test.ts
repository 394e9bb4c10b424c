import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { OperatorCluster } from "../../../testing/operator-cluster";

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

    it("converts once an operator has started, and not after somebody puts the definition back", async () => {
        const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com";
        const version = (name: string, storage: boolean) => {
            const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
            return { name, storage, served: true, schema };
        };
        const elsewhere = { clientConfig: { service: { name: "guard", namespace: "replaceme", path: "/convert" } } };
        const conversion = { strategy: "Webhook", webhook: { ...elsewhere, conversionReviewVersions: ["v1"] } };
        await cluster.api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
            metadata: { name: "things.example.com" },
            spec: {
                group: "example.com",
                scope: "Namespaced",
                names: { kind: "Thing", plural: "things" },
                versions: [version("v1", false), version("v2", true)],
                conversion,
            },
        });
        const placed = async (namespace: string) =>
            JSON.stringify(await cluster.api.get<object>(path)).includes(`"namespace":"${namespace}"`);
        await cluster.until("a place", () => placed("flagger"));
        const things = "/apis/example.com/v1/namespaces/apps/things";
        await cluster.until("a thing", async () => {
            const metadata = { generateName: "thing-" };
            const thing = { apiVersion: "example.com/v1", kind: "Thing", metadata };
            return cluster.api.create(things, thing).then(
                () => true,
                () => false,
            );
        });

        await cluster.api.merge(path, { spec: { conversion: { webhook: elsewhere } } });
        await cluster.api.merge(path, {
            spec: { conversion: { webhook: { clientConfig: { caBundle: null } } } },
        });
        await sleep(1500);
        assert.ok(await placed("replaceme"));
        await install(0);
        await install(1);
        await cluster.until("a place again", () => placed("flagger"));
    });

    describe("that says for which namespaces it is", () => {
        const selector = { matchLabels: { team: "one" } };
        const matchExpressions = [
            { key: "control-plane", operator: "NotIn", values: ["true"] },
            { key: "kubernetes.azure.com/managedby", operator: "NotIn", values: ["aks"] },
        ];
        const path = (name: string) => configuration.replace("guard", name);
        /** As Helm applies a chart's. */
        const apply = (name: string, namespaceSelector?: object, annotations?: object) => {
            const { webhooks, ...typed } = guard("guard");
            const object = {
                ...typed,
                metadata: { name, annotations },
                webhooks: webhooks.map((webhook) => ({ ...webhook, failurePolicy: "Ignore", namespaceSelector })),
            };
            return cluster.api.apply(path(name), object, { name: "helm", force: false });
        };
        const seen = async (name: string) => {
            const { webhooks } = await cluster.api.get<{ webhooks: { namespaceSelector: object }[] }>(path(name));
            return webhooks[0]?.namespaceSelector;
        };
        const isEnforced = async (name: string) => JSON.stringify(await seen(name)).includes("managedby");

        before(async () => {
            await apply("whole", selector, { "admissions.enforcer/disabled": "true" });
            await apply("chosen", selector);
            await apply("silent");
            await cluster.until("the enforcer", async () => (await isEnforced("chosen")) && isEnforced("silent"));
        });

        it("is kept out of AKS' own namespaces, and whoever applies its selector again meets a conflict", async () => {
            assert.deepEqual(await seen("chosen"), { ...selector, matchExpressions });
            // In these words on AKS: https://github.com/aws-observability/helm-charts/pull/350
            await assert.rejects(
                apply("chosen", selector),
                /conflict with "admissionsenforcer" using admissionregistration\.k8s\.io\/v1: \.webhooks\[name="guard\.example\.com"\]\.namespaceSelector/,
            );
        });

        it("meets none if it leaves that to AKS, or asks AKS to leave it alone", async () => {
            assert.deepEqual(await seen("silent"), { matchExpressions });
            await apply("silent");
            assert.deepEqual(await seen("whole"), selector);
            await apply("whole", selector, { "admissions.enforcer/disabled": "true" });
        });
    });
});
