import * as assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureToolchain } from "@landfall/toolchain";
import { loadOrCreateAuthority } from "../../network/authority";
import { freePort } from "../../network/free-port";
import { startProxy } from "../../network/proxy";
import { tenantId, TestSubscription } from "../../testing/azure-subscription";
import { OperatorCluster } from "../support/operator-cluster";

const issuer = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/";
const roles = {
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Delegator": "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
};
const location = { location: "westeurope" };
const accountName = "stbackups";
const password = "a password of the test's own";

/**
 * Velero's own server and command, with its workload identity and its roles against the sandbox's blob storage. Volumes
 * need a kubelet: what is moved from them is not proved here.
 */
describe("Velero", function () {
    this.timeout(15 * 60_000);
    let cluster: OperatorCluster;
    let directory: string;
    let environment: NodeJS.ProcessEnv;
    let server: ChildProcess | undefined;
    let program: string;
    const closing: (() => Promise<void>)[] = [];

    before("starts a cluster, the storage with its roles, and Velero", async () => {
        const only = ["velero", "velero-object-store"];
        const { binaries } = await ensureToolchain({ log: (line) => console.error(line), only });
        program = path.join(binaries, "velero");
        cluster = await OperatorCluster.start();
        closing.push(() => cluster.stop());
        directory = fs.mkdtempSync(path.join(path.dirname(cluster.cluster.adminKubeconfig), "velero-"));
        const subscription = new TestSubscription({
            issuerKeys: (asked) => (asked === issuer ? cluster.cluster.jwks() : Promise.resolve(undefined)),
        });
        const clientId = await makeStorage(subscription);
        const authority = await loadOrCreateAuthority(directory);
        const report = (message: string) => console.error(message);
        const proxy = await startProxy({ routes: [...subscription.azure.routes], authority, report });
        closing.push(() => proxy.close());
        await makeNamespace();
        environment = {
            ...{ PATH: process.env.PATH, HOME: directory, HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" },
            ...{ SSL_CERT_FILE: authority.certificateFile, KUBECONFIG: await kubeconfig() },
            ...{ AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId },
            AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
            AZURE_FEDERATED_TOKEN_FILE: file("token", await token("api://AzureADTokenExchange")),
        };
        fs.mkdirSync(path.join(directory, "plugins"));
        const plugin = path.join(directory, "plugins", "velero-plugin-for-microsoft-azure");
        fs.copyFileSync(path.join(binaries, "velero-object-store"), plugin);
        await kubectl(
            "apply",
            "-f",
            file("crds.yaml", await velero("install", "--crds-only", "--dry-run", "-o", "yaml")),
        );
        await kubectl("apply", "-f", file("location.json", JSON.stringify(storageLocation)));
        await start();
    });

    after(async () => {
        server?.kill("SIGKILL");
        for (const close of closing.reverse()) {
            await close();
        }
    });

    it("reaches its container as the identity of its service account", async () => {
        await cluster.until(
            "the location",
            async () => (await velero("backup-location", "get")).includes("Available"),
            90_000,
        );
    });

    it("leaves the repository's password that the tree brings", async () => {
        assert.deepEqual(await cluster.secret("velero", "velero-repo-credentials"), {
            "repository-password": password,
        });
    });

    it("brings back a namespace that is gone as it was, and what of it is there stays", async () => {
        await kubectl("apply", "-f", file("app.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: app })));
        const before = await objects();
        assert.match(
            await velero("backup", "create", "one", "--include-namespaces", "app", "--wait"),
            /status: Completed/,
        );
        await kubectl("delete", "namespace", "app", "--wait=true");
        assert.deepEqual(await objects(), []);
        await restore("one");
        assert.deepEqual(await objects(), before);
        await kubectl("patch", "configmap", "settings", "-n", "app", "-p", '{"data":{"colour":"green"}}');
        await restore("two");
        const colour = await kubectl("get", "configmap", "settings", "-n", "app", "-o", "jsonpath={.data.colour}");
        assert.equal(colour, "green");
    });

    it("lets its logs and details be read by signed links", async () => {
        assert.match(await velero("backup", "logs", "one"), /Backed up \d+ items|Backed up a total of/);
        const details = await velero("backup", "describe", "one", "--details");
        assert.match(details, /Resource List:[\s\S]*v1\/Secret:\n\s+- app\/login/);
        assert.match(await velero("restore", "logs", "one"), /Restored \d+ items|restore completed/i);
    });

    async function restore(name: string): Promise<void> {
        const said = await velero("restore", "create", name, "--from-backup", "one", "--wait");
        assert.match(said, /status: Completed/, await velero("restore", "describe", name));
    }

    /** ConfigMap, Secret and Deployment of the namespace, without what an API server adds. */
    async function objects(): Promise<unknown[]> {
        const list = JSON.parse(
            await kubectl("get", "configmaps,secrets,deployments", "-n", "app", "-l", "test=yes", "-o", "json"),
        ) as { items: { kind: string; metadata: { name: string }; data?: object; spec?: object }[] };
        return list.items.map(({ kind, metadata: { name }, data, spec }) => ({ kind, name, data, spec }));
    }

    async function start(): Promise<void> {
        const args = ["server", "--namespace=velero", `--plugin-dir=${path.join(directory, "plugins")}`];
        const log = fs.openSync(path.join(directory, "velero.log"), "w");
        server = spawn(program, [...args, `--metrics-address=127.0.0.1:${await freePort()}`], {
            env: environment,
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
    }

    async function makeNamespace(): Promise<void> {
        await cluster.namespace("velero");
        const metadata = { name: "velero", namespace: "velero" };
        await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
        await cluster.apply({
            ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
            metadata: { name: "velero-server" },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
            subjects: [{ kind: "ServiceAccount", ...metadata }],
        });
        // What would run the server that runs beside the cluster here: a restore reads the image's version from it.
        await cluster.apply({ ...deployment("velero", "velero/velero:v1"), metadata });
        await cluster.apply({
            ...{ apiVersion: "v1", kind: "Secret" },
            metadata: { name: "velero-repo-credentials", namespace: "velero" },
            stringData: { "repository-password": password },
        });
    }

    async function token(audience?: string): Promise<string> {
        const { status } = await cluster.api.create<{ status: { token: string } }>(
            "/api/v1/namespaces/velero/serviceaccounts/velero/token",
            { spec: { audiences: audience === undefined ? undefined : [audience], expirationSeconds: 3600 } },
        );
        return status.token;
    }

    async function kubeconfig(): Promise<string> {
        const { port, caPem } = cluster.cluster;
        const certificate = Buffer.from(caPem).toString("base64");
        const server = { server: `https://127.0.0.1:${port}`, "certificate-authority-data": certificate };
        return file(
            "kubeconfig",
            JSON.stringify({
                ...{ apiVersion: "v1", kind: "Config", "current-context": "velero" },
                clusters: [{ name: "velero", cluster: server }],
                users: [{ name: "velero", user: { token: await token() } }],
                contexts: [{ name: "velero", context: { cluster: "velero", user: "velero" } }],
            }),
        );
    }

    function file(name: string, content: string): string {
        const to = path.join(directory, name);
        fs.writeFileSync(to, content, { mode: 0o600 });
        return to;
    }

    const velero = (...args: string[]) => run(program, ["--namespace", "velero", ...args]);
    const kubectl = (...args: string[]) => run(path.join(path.dirname(program), "kubectl"), args);

    /** What a program prints; throws with all it said, and the end of the server's log, when it fails. */
    function run(command: string, args: readonly string[]): Promise<string> {
        return new Promise((resolve, reject) => {
            execFile(command, args, { env: environment, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
                const log = path.join(directory, "velero.log");
                const told = fs.existsSync(log) ? fs.readFileSync(log, "utf8").slice(-4000) : "";
                return error ? reject(new Error(`${error.message}\n${stdout}${stderr}\n${told}`)) : resolve(stdout);
            });
        });
    }
});

/** Account, container and identity, with the roles that the program grants. Gives the identity's client id. */
async function makeStorage(subscription: TestSubscription): Promise<string> {
    await subscription.make("resources:ResourceGroup", {}, location);
    const resourceName = "id-velero";
    const identity = await subscription.make("managedidentity:UserAssignedIdentity", { resourceName }, location);
    await subscription.make(
        "managedidentity:FederatedIdentityCredential",
        { resourceName, federatedIdentityCredentialResourceName: "velero" },
        { issuer, subject: "system:serviceaccount:velero:velero", audiences: ["api://AzureADTokenExchange"] },
    );
    const account = await subscription.make(
        "storage:StorageAccount",
        { accountName },
        { ...location, kind: "StorageV2", sku: { name: "Standard_LRS" }, allowSharedKeyAccess: false },
    );
    await subscription.make(
        "storage:BlobServiceProperties",
        { accountName, blobServicesName: "default" },
        { isVersioningEnabled: true },
    );
    const at = { accountName, containerName: "velero" };
    const container = await subscription.make("storage:BlobContainer", at, {
        immutableStorageWithVersioning: { enabled: true },
    });
    await subscription.make(
        "storage:BlobContainerImmutabilityPolicy",
        { ...at, immutabilityPolicyName: "default" },
        { immutabilityPeriodSinceCreationInDays: 14 },
    );
    const principal = identity.principalId;
    await subscription.assign(principal, roles["Storage Blob Data Contributor"], container.id);
    await subscription.assign(principal, roles["Storage Blob Delegator"], account.id);
    return String(identity.clientId);
}

/** As the tree's release configures it. */
const storageLocation = {
    ...{ apiVersion: "velero.io/v1", kind: "BackupStorageLocation" },
    metadata: { name: "default", namespace: "velero" },
    spec: {
        ...{ provider: "azure", default: true, objectStorage: { bucket: "velero" } },
        config: {
            useAAD: "true",
            subscriptionId: "22222222-2222-4222-8222-222222222222",
            resourceGroup: "rg",
            storageAccount: accountName,
            storageAccountURI: `https://${accountName}.blob.core.windows.net`,
        },
    },
};

const labels = { test: "yes" };
const app = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "app" } },
    {
        ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "app", labels } },
        data: { colour: "blue" },
    },
    {
        ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "app", labels } },
        stringData: { password: "of the app" },
    },
    { ...deployment("web", "registry.example/web:1"), metadata: { name: "web", namespace: "app", labels } },
];

function deployment(app: string, image: string) {
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment" },
        spec: {
            replicas: 2,
            selector: { matchLabels: { app } },
            template: { metadata: { labels: { app } }, spec: { containers: [{ name: app, image }] } },
        },
    };
}
