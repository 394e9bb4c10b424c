import * as assert from "node:assert/strict";
import { ClusterClient, isPermanent } from "../../../../components/gitops/readiness/cluster-client";
import { FluxApi } from "../../../support/flux-api";
import { fluxObject, fluxStatus } from "../../../support/flux-objects";

describe("ClusterClient", () => {
    let api: FluxApi;
    const client = (user: object = { token: "t0ken" }) => new ClusterClient(api.kubeconfig(user));
    const failure = (request: Promise<unknown>) => request.then(() => undefined, String);

    beforeEach(async () => {
        api = new FluxApi();
        await api.start();
    });

    afterEach(() => api.stop());

    it("reads Flux's objects with their kind, as the kubeconfig's user", async () => {
        api.objects = fluxStatus("c0ffee", fluxObject("OCIRepository", "traefik", "c0ffee"));
        const objects = await client().fluxObjects();
        assert.deepEqual(new Set(objects.map(({ kind }) => kind)), new Set(api.objects.map(({ kind }) => kind)));
        assert.equal(objects.length, 3);
        assert.equal(api.requests[0]?.authorization, "Bearer t0ken");
    });

    it("asks again on the connections that it has", async () => {
        const asked = client();
        await asked.fluxObjects();
        const { connections } = api;
        await asked.fluxObjects();
        await asked.mayInstall();
        assert.equal(api.connections, connections);
    });

    it("asks whether the caller may install Flux, right by right, and for none by an asterisk", async () => {
        assert.equal(await client().mayInstall(), true);
        const asked = api.requests.map(({ body }) => {
            const { spec } = JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } };
            return Object.values(spec.resourceAttributes);
        });
        assert.equal(asked.length, 3);
        assert.ok(asked.flat().every((value) => value !== "*"));
        api.isAdmin = false;
        assert.equal(await client().mayInstall(), false);
    });

    it("gives the newest warning of an object, and none if there is none", async () => {
        assert.equal(await client().lastWarning("flux-system", "HelmRelease", "traefik"), undefined);
        api.warnings = [
            { message: "older", lastTimestamp: "2026-01-01T00:00:00Z" },
            { message: "newer", lastTimestamp: "2026-01-02T00:00:00Z" },
        ];
        assert.equal(await client().lastWarning("flux-system", "HelmRelease", "traefik"), "newer");
        const { searchParams } = new URL(api.requests[0]?.request.split(" ")[1] ?? "", api.url);
        assert.equal(
            searchParams.get("fieldSelector"),
            "type=Warning,involvedObject.kind=HelmRelease,involvedObject.name=traefik",
        );
    });

    it("changes nothing but the annotation that asks Flux to fetch", async () => {
        await client().requestReconciliation("GitRepository", "flux-system", "flux-system", "2026-01-01T00:00:00.000Z");
        const [patch] = api.requests;
        assert.equal(
            patch?.request,
            "PATCH /apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/flux-system",
        );
        assert.match(
            patch?.body ?? "",
            /^\{"metadata":\{"annotations":\{"reconcile\.fluxcd\.io\/requestedAt":"[^"]+"\}\}\}$/,
        );
    });

    it("names the API server and its reason when it refuses", async () => {
        const message = 'kustomizations is forbidden: User "deployer" cannot list resource';
        api.refusal = { status: 403, body: { kind: "Status", message, code: 403 } };
        assert.equal(await failure(client().fluxObjects()), `Error: API server ${api.url}: 403 ${message}`);
        assert.equal(await failure(client().mayInstall()), `Error: API server ${api.url}: 403 ${message}`);
        api.refusal = { status: 503, body: "etcd leader changed" };
        assert.match(String(await failure(client().lastWarning("a", "b", "c"))), /: 503 .*etcd leader changed/);
    });

    it("names the API server when nothing answers", async () => {
        const { url } = api;
        const gone = client();
        await api.stop();
        assert.match(
            String(await failure(gone.fluxObjects())),
            new RegExp(`^Error: API server ${url}: .*ECONNREFUSED`),
        );
    });

    it("knows when somebody last changed a ConfigMap", async () => {
        api.changes = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T12:00:00Z"];
        assert.equal(await client().configMapChanged("flux-system", "cluster-vars"), "2026-01-02T00:00:00.000Z");
    });

    it("names the login that is not installed, as an error that stays", async () => {
        const exec = { apiVersion: "client.authentication.k8s.io/v1beta1", command: "no-such-login", args: [] };
        const error = await client({ exec })
            .mayInstall()
            .catch((failed: Error) => failed);
        assert.ok(error instanceof Error && isPermanent(error));
        assert.match(error.message, /logs in with no-such-login, which is not on the PATH/);
    });
});
