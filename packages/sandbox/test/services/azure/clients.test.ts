import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateAuthority } from "../../../network/authority";
import { type Proxy, startProxy } from "../../../network/proxy";
import { deployer, subscriptionId, tenantId, TestSubscription } from "../../../testing/azure-subscription";
import { GitHubFixture } from "../../support/github";

type Json = Record<string, unknown>;

describe("the stand-ins under Azure's and GitHub's own clients", function () {
    // The clients are large, and Node.js reads them anew.
    this.timeout(180_000);

    const github = new GitHubFixture();
    const reports: string[] = [];
    let directory: string;
    let proxy: Proxy;
    let given: Json;

    before(async () => {
        directory = await mkdtemp(join(tmpdir(), "landfall-clients-"));
        const authority = await loadOrCreateAuthority(directory);
        await github.start();
        const routes = [...new TestSubscription().azure.routes, ...github.github.routes];
        proxy = await startProxy({ authority, routes, report: (message) => reports.push(message) });
        given = await useClients({
            ARM_TENANT_ID: tenantId,
            ARM_SUBSCRIPTION_ID: subscriptionId,
            ARM_CLIENT_ID: deployer.clientId,
            ARM_CLIENT_SECRET: deployer.clientSecret,
            DEPLOYER_OBJECT_ID: deployer.objectId,
            GITHUB_TOKEN: "right",
            HTTP_PROXY: proxy.url,
            HTTPS_PROXY: proxy.url,
            NODE_EXTRA_CA_CERTS: authority.certificateFile,
            NODE_OPTIONS: `--require=${join(__dirname, "../../../network/env-proxy.cjs")}`,
        });
    });

    after(async () => {
        await proxy.close();
        await github.stop();
        await rm(directory, { recursive: true });
    });

    const of = (name: string) => given[name] as Json;

    it("find no fault in the stand-ins", () => {
        assert.deepEqual(reports, []);
    });

    it("@azure/identity logs in, and says why it may not", () => {
        assert.match(String(given.wrongSecret), /AADSTS7000215/);
    });

    it("@azure/arm-resources makes, deletes and lists groups", () => {
        assert.equal((of("resourceGroup").properties as Json).provisioningState, "Succeeded");
        assert.deepEqual(given.groups, []);
    });

    it("@azure/arm-msi and arm-authorization make identities, credentials and assignments", () => {
        assert.match(String(of("identity").principalId), /^[0-9a-f-]{36}$/);
        assert.equal(of("credential").subject, "system:serviceaccount:a:b");
        assert.equal(of("assignment").principalType, "ServicePrincipal");
    });

    it("@azure/arm-storage follows a new account until it is there", () => {
        assert.equal(of("accountName").nameAvailable, true);
        assert.equal(of("account").provisioningState, "Succeeded");
        assert.equal((of("account").primaryEndpoints as Json).blob, "https://stclients.blob.core.windows.net/");
        assert.equal(of("blobService").isVersioningEnabled, true);
        assert.equal(of("container").name, "box");
    });

    it("@azure/arm-keyvault follows a new vault until it is there", () => {
        assert.equal((of("vault").properties as Json).provisioningState, "Succeeded");
        assert.match(JSON.stringify(of("keyOfVault")), /https:\/\/kv-clients\.vault\.azure\.net\/keys\/sops/);
    });

    it("@azure/keyvault-keys and keyvault-secrets use what it holds", () => {
        assert.equal(given.key, "RSA");
        assert.equal(given.decrypted, "a secret");
        assert.equal(given.secret, "tree-house");
    });

    it("@azure/arm-containerregistry and arm-dns make a registry, a zone and records", () => {
        assert.match(JSON.stringify(of("registry")), /crclients\.azurecr\.io/);
        assert.equal((of("zone").nameServers as string[]).length, 4);
        assert.equal(of("record").fqdn, "www.clients.example.");
        assert.equal((given.records as Json[]).length, 1);
    });

    it("@azure/arm-containerservice follows clusters and pools until they are there, and until they are gone", () => {
        assert.equal(of("cluster").provisioningState, "Succeeded");
        assert.match(JSON.stringify(of("cluster").identityProfile), /aks-agentpool/);
        assert.equal(of("pool").provisioningState, "Succeeded");
        assert.deepEqual(
            (given.pools as Json[]).map(({ name }) => name),
            ["system", "apps"],
        );
        assert.match(String(given.missingPool), /Could not find the agentpool: none/);
        assert.equal(given.kubeconfig, "clusterUser");
    });

    it("@octokit/rest makes a repository and a blob, and is told what is not there", () => {
        assert.equal(given.repository, "acme/fleet");
        assert.equal(given.blob, "2e65efe2a145dda7ee51d1741299f848e5bf752e");
        assert.equal(given.missingRepository, 404);
    });
});

/** What the clients gave, by the name of the use. */
function useClients(env: NodeJS.ProcessEnv): Promise<Json> {
    const script = join(__dirname, "../../support/azure-clients.ts");
    const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 2 ** 26 };
    return new Promise((resolve, reject) => {
        execFile(
            process.execPath,
            ["--require", require.resolve("tsx/cjs"), script],
            options,
            (error, stdout, stderr) => {
                if (error) {
                    reject(new Error(`the clients failed: ${stderr}`));
                } else {
                    resolve(JSON.parse(stdout) as Json);
                }
            },
        );
    });
}
