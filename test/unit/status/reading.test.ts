import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ClusterReader } from "../../../tools/status/read/cluster";
import { readTree } from "../../../tools/status/read/tree";
import { readStack } from "../../../tools/status/stack";
import { FluxApi } from "../../support/flux-api";
import { fluxObject } from "../../support/flux-objects";

const repository = path.join(__dirname, "../../..");

describe("the reading of a cluster", () => {
    const api = new FluxApi();
    const user = { token: "secret" };
    const read = () => new ClusterReader(() => Promise.resolve(api.kubeconfig(user))).read();

    before(() => api.start());
    after(() => api.stop());
    beforeEach(() => {
        api.refusal = undefined;
        api.requests.length = 0;
    });

    it("asks for lists, logged in, and changes nothing", async () => {
        api.objects = [fluxObject("Kustomization", "apps", "c0ffee")];
        const { flux } = await read();
        assert.deepEqual(
            (flux as readonly { kind: string }[]).map(({ kind }) => kind),
            ["Kustomization"],
        );
        assert.ok(api.requests.length > 15);
        for (const { request, authorization } of api.requests) {
            assert.match(request, /^GET /);
            assert.equal(authorization, "Bearer secret");
        }
    });

    it("says of everything why the server does not answer", async () => {
        api.refusal = { status: 401, body: { message: "Unauthorized" } };
        const { server, flux, events } = await read();
        const unknown = "the API server answers 401 Unauthorized";
        assert.deepEqual([server, flux, events], [{ unknown }, { unknown }, { unknown }]);
    });

    it("says of a list that may not be read that it may not, and reads the others", async () => {
        const forbidden = new FluxApi({
            refused: { "/apis/cert-manager.io/": { status: 403, message: "certificates is forbidden" } },
        });
        await forbidden.start();
        const found = await new ClusterReader(() => Promise.resolve(forbidden.kubeconfig(user))).read();
        await forbidden.stop();
        assert.deepEqual(found.certificates, { unknown: "the API server answers 403 certificates is forbidden" });
        assert.deepEqual(found.schedules, []);
    });

    it("says what is not in the cluster yet", async () => {
        const empty = new FluxApi({ refused: { "/apis/velero.io/": { status: 404, message: "not found" } } });
        await empty.start();
        const { schedules } = await new ClusterReader(() => Promise.resolve(empty.kubeconfig(user))).read();
        await empty.stop();
        assert.deepEqual(schedules, { unknown: "Velero is not in the cluster yet" });
    });

    it("says why there is no way to the cluster", async () => {
        const { server } = await new ClusterReader(() => Promise.reject(new Error("no cluster yet"))).read();
        assert.deepEqual(server, { unknown: "no cluster yet" });
    });

    it("names a server that nobody listens at", async () => {
        const gone = new FluxApi();
        await gone.start();
        const kubeconfig = gone.kubeconfig(user);
        await gone.stop();
        const { server } = await new ClusterReader(() => Promise.resolve(kubeconfig)).read();
        assert.match((server as { unknown: string }).unknown, /^API server http:.*: .*ECONNREFUSED/);
    });
});

describe("the reading of the tree", () => {
    it("finds the layers that an environment lists, and the keys that its files are encrypted to", () => {
        const { layers, pgp } = readTree(path.join(repository, "gitops"), "staging");
        assert.ok(layers.length > 10);
        assert.deepEqual(layers.find(({ name }) => name === "apps")?.after, [
            "delivery",
            "mesh",
            "infra",
            "canary",
            "namespaces",
            "crds",
            "security",
        ]);
        const files = fs
            .readdirSync(path.join(repository, "gitops/clusters/staging"))
            .filter((file) => file.endsWith(".sops.yaml") && !file.startsWith("decryption-canary"));
        assert.deepEqual(Object.values(pgp), [files.length]);
    });
});

describe("the reading of a stack", () => {
    it("finds its names in Azure, also those that its file sets", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-stack-"));
        fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: landfall\n");
        const config = ["config:", "  landfall:environment: staging", "  landfall:keyVaultName: kv-of-mine", ""];
        fs.writeFileSync(path.join(folder, "Pulumi.test.yaml"), config.join("\n"));
        const stack = readStack(folder, "test");
        fs.rmSync(folder, { recursive: true });
        assert.equal(stack.environment, "staging");
        assert.equal(stack.names("1").cluster, "landfall-test");
        assert.equal(stack.names("1").keyVault, "kv-of-mine");
    });

    it("names the stacks that there are", () => {
        assert.throws(() => readStack(repository, "nosuch"), /no Pulumi\.nosuch\.yaml; stacks are production, staging/);
    });
});
