import { type ChildProcess, execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureToolchain } from "@landfall/toolchain";
import { loadOrCreateAuthority } from "../network/authority";
import { freePort } from "../network/free-port";
import { startProxy } from "../network/proxy";
import { tenantId, TestSubscription } from "./azure-subscription";
import { OperatorCluster } from "./operator-cluster";

const issuer = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/";
const roles = {
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Delegator": "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
};
const location = { location: "westeurope" };
const accountName = "stbackups";
export const repositoryPassword = "a password of the test's own";

/** Velero's own server beside a cluster, with a workload identity against the stand-in for blob storage. */
export class VeleroServer {
    private server: ChildProcess | undefined;

    private constructor(
        readonly cluster: OperatorCluster,
        private readonly program: string,
        private readonly directory: string,
        private readonly environment: NodeJS.ProcessEnv,
        private readonly subscription: TestSubscription,
        private readonly closeProxy: () => Promise<void>,
    ) {}

    /** Starts a cluster, the storage with its roles, and Velero. */
    static async start(): Promise<VeleroServer> {
        const only = ["velero", "velero-object-store"];
        const { binaries } = await ensureToolchain({ log: (line) => console.error(line), only });
        const cluster = await OperatorCluster.start();
        const directory = fs.mkdtempSync(path.join(path.dirname(cluster.cluster.adminKubeconfig), "velero-"));
        const subscription = new TestSubscription({
            issuerKeys: (asked) => (asked === issuer ? cluster.cluster.jwks() : Promise.resolve(undefined)),
        });
        const clientId = await makeStorage(subscription);
        const authority = await loadOrCreateAuthority(directory);
        const report = (message: string) => console.error(message);
        const proxy = await startProxy({ routes: [...subscription.azure.routes], authority, report });
        await makeNamespace(cluster);
        const environment: NodeJS.ProcessEnv = {
            ...{
                PATH: `${binaries}:${process.env.PATH}`,
                HOME: directory,
                HTTPS_PROXY: proxy.url,
                NO_PROXY: "127.0.0.1",
            },
            ...{ SSL_CERT_FILE: authority.certificateFile, AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId },
            AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
            AZURE_FEDERATED_TOKEN_FILE: path.join(directory, "token"),
        };
        const program = path.join(binaries, "velero");
        const close = () => proxy.close();
        const velero = new VeleroServer(cluster, program, directory, environment, subscription, close);
        velero.file("token", await velero.token("velero", "api://AzureADTokenExchange"));
        environment.KUBECONFIG = await velero.kubeconfig("velero");
        fs.mkdirSync(path.join(directory, "plugins"));
        const plugin = path.join(directory, "plugins", "velero-plugin-for-microsoft-azure");
        fs.copyFileSync(path.join(binaries, "velero-object-store"), plugin);
        const definitions = await velero.velero("install", "--crds-only", "--dry-run", "-o", "yaml");
        await velero.kubectl("apply", "-f", velero.file("crds.yaml", definitions));
        await velero.kubectl("apply", "-f", velero.file("location.json", JSON.stringify(storageLocation)));
        await velero.serve();
        return velero;
    }

    /** The cluster as its administrator. */
    adminKubeconfig(): string {
        return fs.readFileSync(this.cluster.cluster.adminKubeconfig, "utf8");
    }

    async stop(): Promise<void> {
        this.server?.kill("SIGKILL");
        await this.closeProxy();
        await this.cluster.stop();
    }

    velero(...args: string[]): Promise<string> {
        return this.run(this.program, ["--namespace", "velero", ...args]);
    }

    kubectl(...args: string[]): Promise<string> {
        return this.run("kubectl", args);
    }

    /** What a program prints; throws with all it said, and the end of the server's log, when it fails. */
    run(command: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}): Promise<string> {
        const env = { ...this.environment, ...changes };
        return new Promise((resolve, reject) => {
            execFile(command, args, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
                const log = path.join(this.directory, "velero.log");
                const told = fs.existsSync(log) ? fs.readFileSync(log, "utf8").slice(-4000) : "";
                return error ? reject(new Error(`${error.message}\n${stdout}${stderr}\n${told}`)) : resolve(stdout);
            });
        });
    }

    file(name: string, content: string): string {
        const to = path.join(this.directory, name);
        fs.writeFileSync(to, content, { mode: 0o600 });
        return to;
    }

    /** The cluster as a service account of namespace velero. Gives the file. */
    async kubeconfig(account: string): Promise<string> {
        const { port, caPem } = this.cluster.cluster;
        const certificate = Buffer.from(caPem).toString("base64");
        const server = { server: `https://127.0.0.1:${port}`, "certificate-authority-data": certificate };
        return this.file(
            `kubeconfig-${account}`,
            JSON.stringify({
                ...{ apiVersion: "v1", kind: "Config", "current-context": "velero" },
                clusters: [{ name: "velero", cluster: server }],
                users: [{ name: "velero", user: { token: await this.token(account) } }],
                contexts: [{ name: "velero", context: { cluster: "velero", user: "velero" } }],
            }),
        );
    }

    /** Has what reads the container with the global `fetch` reach it, as Velero's identity. */
    async readContainer<Read>(
        read: (access: { account: string; container: string; token: string }) => Promise<Read>,
    ): Promise<Read> {
        const login = await this.subscription.token({
            client_id: this.environment.AZURE_CLIENT_ID ?? "",
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: await this.token("velero", "api://AzureADTokenExchange"),
            scope: "https://storage.azure.com/.default",
        });
        const own = globalThis.fetch;
        globalThis.fetch = async (url, init) => {
            const headers = Object.fromEntries(new Headers(init?.headers));
            const asked = url instanceof Request ? url.url : url.toString();
            const { status, body } = await this.subscription.send("GET", asked, headers);
            return new Response(Buffer.isBuffer(body) || typeof body === "string" ? body : JSON.stringify(body), {
                status,
            });
        };
        try {
            return await read({ account: accountName, container: "velero", token: String(login.body.access_token) });
        } finally {
            globalThis.fetch = own;
        }
    }

    private async token(account: string, audience?: string): Promise<string> {
        const { status } = await this.cluster.api.create<{ status: { token: string } }>(
            `/api/v1/namespaces/velero/serviceaccounts/${account}/token`,
            { spec: { audiences: audience === undefined ? undefined : [audience], expirationSeconds: 3600 } },
        );
        return status.token;
    }

    private async serve(): Promise<void> {
        const args = ["server", "--namespace=velero", `--plugin-dir=${path.join(this.directory, "plugins")}`];
        const log = fs.openSync(path.join(this.directory, "velero.log"), "w");
        this.server = spawn(this.program, [...args, `--metrics-address=127.0.0.1:${await freePort()}`], {
            env: this.environment,
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
    }
}

async function makeNamespace(cluster: OperatorCluster): Promise<void> {
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
    await cluster.apply({ ...workload("velero", "velero/velero:v1"), metadata });
    await cluster.apply({
        ...{ apiVersion: "v1", kind: "Secret" },
        metadata: { name: "velero-repo-credentials", namespace: "velero" },
        stringData: { "repository-password": repositoryPassword },
    });
}

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

/** What would run a program. */
export function workload(app: string, image: string) {
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment" },
        spec: {
            replicas: 2,
            selector: { matchLabels: { app } },
            template: { metadata: { labels: { app } }, spec: { containers: [{ name: app, image }] } },
        },
    };
}
