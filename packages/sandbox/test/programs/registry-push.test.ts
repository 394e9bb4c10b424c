import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createActionsTokens } from "../../github/actions-tokens";
import { type Authority, loadOrCreateAuthority } from "../../network/authority";
import { type Proxy, startProxy } from "../../network/proxy";
import { pipelines } from "../../pipeline/pipelines";
import { binary } from "../../testing/api-server";
import { type Json, tenantId, TestSubscription } from "../../testing/azure-subscription";

const root = path.join(__dirname, "../..");
const acrPull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const acrPush = "8311e382-0749-4cb8-b61a-304f252e45ec";

/** The folder of a chart that has a name and a version, and no templates. */
function chart(directory: string, name: string): string {
    const folder = path.join(directory, name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
    return folder;
}

describe("a pipeline that pushes charts with the real Helm client", function () {
    this.timeout(60_000);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-push-"));
    const actions = createActionsTokens();
    const subscription = new TestSubscription({ issuerKeys: (issuer) => actions.keysOf(issuer) });
    let authority: Authority;
    let proxy: Proxy;
    let identity: Json;
    let registry: Json;

    before(async () => {
        authority = await loadOrCreateAuthority(directory);
        proxy = await startProxy({
            authority,
            report: console.error,
            routes: [...subscription.azure.routes, ...actions.routes],
        });
        const location = "westeurope";
        const resourceName = "id-ci";
        await subscription.make("resources:ResourceGroup", {}, { location });
        identity = await subscription.make("managedidentity:UserAssignedIdentity", { resourceName }, { location });
        await subscription.make(
            "managedidentity:FederatedIdentityCredential",
            { resourceName, federatedIdentityCredentialResourceName: "github" },
            {
                issuer: "https://token.actions.githubusercontent.com",
                subject: "repo:acme/apps:environment:staging",
                audiences: ["api://AzureADTokenExchange"],
            },
        );
        const inputs = { location, sku: { name: "Basic" } };
        registry = await subscription.make("containerregistry:Registry", { registryName: "crtest" }, inputs);
        await subscription.assign(identity.principalId, acrPull, registry.id);
    });

    after(async () => {
        await proxy.close();
        fs.rmSync(directory, { recursive: true });
    });

    /** What `push-charts` runs, in a job of this repository and environment; gives its exit code and what it said. */
    const push = (repository: string, environment: string) =>
        run(pipelines.charts, ["charts", ...["front", "back"].map((name) => chart(directory, name))], {
            repository,
            environment,
        });

    const run = (
        script: string,
        args: readonly string[],
        job = { repository: "acme/apps", environment: "staging" },
    ) => {
        const program = ["--require", require.resolve("tsx/cjs"), script];
        const child = spawn(process.execPath, [...program, ...args], {
            env: {
                ...actions.startJob(job),
                PATH: `${path.dirname(binary("helm"))}${path.delimiter}${process.env.PATH}`,
                HTTPS_PROXY: proxy.url,
                SSL_CERT_FILE: authority.certificateFile,
                NODE_EXTRA_CA_CERTS: authority.certificateFile,
                NODE_OPTIONS: `--require=${path.join(root, "network/env-proxy.cjs")}`,
                AZURE_CLIENT_ID: String(identity.clientId),
                AZURE_TENANT_ID: tenantId,
                REGISTRY: "crtest.azurecr.io",
            },
        });
        let output = "";
        [child.stdout, child.stderr].forEach((stream) => stream.on("data", (chunk) => (output += String(chunk))));
        return new Promise<{ code: number | null; output: string }>((resolve) =>
            child.once("close", (code) => resolve({ code, output })),
        );
    };

    it("is refused to push with a role that pulls", async () => {
        const { code, output } = await push("acme/apps", "staging");
        assert.equal(code, 1, output);
        assert.match(output, /helm push \S+ failed: .*blobs\/uploads\/": .*401.*authentication required/s);
        const image = await run(pipelines.images, ["team/app:1.0.0"]);
        assert.equal(image.code, 1, image.output);
        assert.match(image.output, /blobs\/uploads\/ answers 401/);
    });

    it("pushes with the role that pushes", async () => {
        await subscription.assign(identity.principalId, acrPush, registry.id);
        const { code, output } = await push("acme/apps", "staging");
        assert.equal(code, 0, output);
        assert.match(output, /pushed back-0\.1\.0\.tgz.*pushed front-0\.1\.0\.tgz/s);
    });

    it("pushes images, each to the repository of its name", async () => {
        const { code, output } = await run(pipelines.images, ["team/app:1.0.0", "team/app:1.1.0", "other:2"]);
        assert.equal(code, 0, output);
        assert.match(output, /pushed crtest\.azurecr\.io\/team\/app:1\.0\.0\n.*app:1\.1\.0\n.*other:2\n/);
        const refused = await run(pipelines.images, ["team/app"]);
        assert.match(refused.output, /team\/app is no image: NAME:TAG/);
        assert.equal(refused.code, 1);
    });

    it("gets no token in another environment or repository", async () => {
        const [environment, repository] = await Promise.all([
            push("acme/apps", "preview"),
            push("acme/fork", "staging"),
        ]);
        assert.match(environment.output, /AADSTS700213.*repo:acme\/apps:environment:preview/);
        assert.match(repository.output, /AADSTS700213.*repo:acme\/fork:environment:staging/);
    });

    it("gets no token from GitHub without being a job", async () => {
        const url = "https://pipelines.actions.githubusercontent.com/1/idtoken?audience=api://AzureADTokenExchange";
        const route = actions.routes.find(({ host }) => host === new URL(url).hostname);
        assert.ok(route && "handle" in route);
        const headers = { authorization: "Bearer guess" };
        const answer = await route.handle({ method: "GET", url: new URL(url), headers, body: Buffer.alloc(0) });
        assert.equal(answer.status, 401);
    });
});
