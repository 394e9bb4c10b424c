import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { type Call, PodIdentity } from "../support/pod-identity";
import { smallTree } from "../support/small-tree";
import { type StackResource, stackResources } from "../support/stack-resources";
import { until } from "../support/until";

const arm = "https://management.azure.com";
/** Built-in roles that the program does not grant here. */
const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
/** The layers that bring the pods and the store of secrets. */
const layers = [
    ...["canary", "namespaces", "crds", "identities", "security", "infra", "infra-config"],
    ...["dns", "secrets", "secrets-config", "backup", "backup-config", "examples"],
];
const address = { properties: { TTL: 300, ARecords: [{ ipv4Address: "198.18.0.1" }] } };
const challenge = { properties: { TTL: 60, TXTRecords: [{ value: ["proof"] }] } };

/**
 * What acts in Azure from the cluster, link by link: pod, webhook, token of the service account, federated credential,
 * role, data. The pods are those of the tree's own releases. Their programs do not run: the test makes their calls.
 * source-controller is real.
 */
describe("the workloads that act in Azure", function () {
    const checkout = useCheckout(this, { systems: [...smallTree, "external-dns", "external-secrets", "velero"] });
    const cluster = new Cluster(checkout);
    let azure: AzureDeployer;
    let resource: (type: string, name: string) => StackResource;
    let storage: string;
    let account: string;
    let zone: string;
    let vault: string;
    let registry: string;
    /** Object id of source-controller's identity. */
    let puller: string;

    before("starts staging, with a zone and a secret that the program does not make", async () => {
        keepLayers(checkout, layers);
        await checkout.up();
        azure = new AzureDeployer(checkout.session());
        resource = await stackResources(checkout);
        storage = resource("StorageAccount", "landfall-backups").id;
        account = nameOf(storage);
        registry = `${nameOf(resource("Registry", "landfall-registry").id)}.azurecr.io`;
        zone = resource("Zone", "landfall-zone").id;
        vault = resource("Vault", "landfall-vault").id;
        const other = zone.replace(nameOf(zone), "other.example");
        await azure.arm("PUT", other, "2023-07-01-preview", { location: "global" });
        const { principalId = "" } = resource("RoleAssignment", "landfall-vault-deployer").inputs;
        await azure.grant(principalId, secretsOfficer, vault);
        puller = resource("RoleAssignment", "landfall-source-controller").inputs.principalId ?? "";
        await azure.vault("PUT", `https://${nameOf(vault)}.vault.azure.net/secrets/database`, { value: "a password" });
    });

    const nameOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);
    const pod = (namespace: string, wanted: { account: string } | { name: string }) =>
        PodIdentity.of(checkout.session(), cluster.kubectl, namespace, wanted);

    /** What the pod is answered: status and text. */
    async function act(name: string, resource: string, call: Call): Promise<string> {
        const { status, text } = await (await pod(name, { account: name })).call(resource, call);
        return `${status} ${text}`;
    }

    const velero = (method: string, container: string) =>
        act("velero", "https://storage.azure.com", {
            method,
            url: `https://${account}.blob.core.windows.net/${container}/backups/one.tar`,
            headers: { "x-ms-version": "2024-11-04", "x-ms-blob-type": "BlockBlob" },
            ...(method === "PUT" ? { body: "a backup" } : {}),
        });
    const dns = (name: string, method: string, at: string, body?: object) =>
        act(name, arm, {
            method,
            url: `${arm}${at}?api-version=2018-05-01`,
            headers: { "content-type": "application/json" },
            ...(body ? { body: JSON.stringify(body) } : {}),
        });
    const secret = (name: string) =>
        act(name, "https://vault.azure.net", {
            method: "GET",
            url: `https://${nameOf(vault)}.vault.azure.net/secrets/database?api-version=7.4`,
        });
    const apply = async (object: object) => {
        const file = path.join(checkout.directory, "object.json");
        fs.writeFileSync(file, JSON.stringify(object));
        await cluster.kubectl("apply", "-f", file);
    };
    /** Has source-controller read its source `front` now. Gives whether it could, and its message. */
    const reconcile = async (kind: string) => {
        const { status, message } = await cluster.reconcile({ kind, name: "front" });
        return `${status}: ${message}`;
    };

    it("lets velero write and read in its container, and in no other", async () => {
        assert.match(await velero("PUT", "velero"), /^201 /);
        assert.equal(await velero("GET", "velero"), "200 a backup");
        assert.match(await velero("PUT", "loki"), /^403 .*<Code>AuthorizationPermissionMismatch<\/Code>/);
        assert.match(await velero("GET", "loki"), /^403 .*<Code>AuthorizationPermissionMismatch<\/Code>/);
    });

    it("lets external-dns find its zone and write there, and in no other", async () => {
        assert.match(
            await dns("external-dns", "GET", zone.slice(0, zone.lastIndexOf("/"))),
            /"staging\.landfall\.example"/,
        );
        assert.match(await dns("external-dns", "PUT", `${zone}/A/www`, address), /^201 /);
        assert.match(await dns("external-dns", "GET", `${zone}/recordsets`), /"www\.staging\.landfall\.example\."/);
        const elsewhere = `${zone.replace(nameOf(zone), "other.example")}/A/www`;
        assert.match(await dns("external-dns", "PUT", elsewhere, address), /^403 .*AuthorizationFailed.*A\/write/);
    });

    it("lets cert-manager write the challenge of a certificate, and remove it", async () => {
        const at = `${zone}/TXT/_acme-challenge.www`;
        assert.match(await dns("cert-manager", "PUT", at, challenge), /^201 /);
        assert.match(await dns("cert-manager", "DELETE", at), /^200 /);
    });

    it("lets external-secrets read secrets, and velero none", async () => {
        assert.match(await secret("external-secrets"), /^200 .*"a password"/);
        assert.match(await secret("velero"), /^403 .*ForbiddenByRbac/);
    });

    it("lets External Secrets bring a secret of Key Vault into the cluster, through the tree's store", async () => {
        await apply({
            apiVersion: "external-secrets.io/v1",
            kind: "ExternalSecret",
            metadata: { name: "database", namespace: "podinfo" },
            spec: {
                secretStoreRef: { kind: "ClusterSecretStore", name: "key-vault" },
                data: [{ secretKey: "password", remoteRef: { key: "database" } }],
            },
        });
        const read = ["get", "secret", "-n", "podinfo", "database", "-o", "jsonpath={.data.password}"];
        const value = await until("the Secret", () => cluster.answer(...read), /^[\w+/=]+$/);
        assert.equal(Buffer.from(value, "base64").toString("utf8"), "a password");
    });

    it("lets the examples have the one secret that is theirs, in each way there is", async () => {
        const greeting = await cluster.secret("examples", "greeting", "message");
        const { data } = await cluster.get<{ data: Record<string, string> }>({
            ...{ kind: "configmap", name: "vault-reader", namespace: "examples" },
        });
        const read = data["read.sh"] ?? "";
        const selected = ["-l", "app.kubernetes.io/name=vault-reader", "-o", "jsonpath={.items[0].metadata.name}"];
        const name = await cluster.kubectl("get", "pods", "-n", "examples", ...selected);
        const run = async (script: string) => (await pod("examples", { name: name.trim() })).shell(script);
        assert.equal(greeting, "read from Key Vault");
        assert.equal(await run(read), greeting);
        assert.match(await run(read.replace("secrets/example", "secrets/database")), /ForbiddenByRbac/);
        // What the Secrets Store driver would read, as whom and where.
        const { spec } = await cluster.get<{ spec: { parameters: Record<string, string> } }>({
            ...{ kind: "secretproviderclass", name: "greeting", namespace: "examples" },
        });
        const { clientID, keyvaultName, tenantId, objects = "" } = spec.parameters;
        const [object = ""] = (parse(objects) as { array: string[] }).array;
        const { objectName, objectType } = parse(object) as Record<string, string>;
        const { "azure.workload.identity/client-id": client } = (
            await cluster.get<{ metadata: { annotations: Record<string, string> } }>({
                ...{ kind: "serviceaccount", name: "vault-reader", namespace: "examples" },
            })
        ).metadata.annotations;
        assert.deepEqual([clientID, keyvaultName], [client, nameOf(vault)]);
        assert.equal(tenantId, checkout.session().environment.ARM_TENANT_ID);
        assert.deepEqual([objectType, objectName], ["secret", "example"]);
    });

    it("lets source-controller pull a chart that the team's pipeline pushed", async () => {
        const charts = ["front", "back"].map((name) => `examples/team-helm/charts/${name}`);
        await checkout.output("push-charts", ...charts);
        await apply(chartOf(registry));
        assert.match(await reconcile("ocirepository"), /^True: stored artifact for digest '0\.1\.0@sha256:/);
    });

    it("lets source-controller read blobs with a role only", async () => {
        await apply(bucketOf(`https://${account}.blob.core.windows.net`));
        assert.match(await reconcile("bucket"), /^False: .*AuthorizationPermissionMismatch/s);
        await azure.grant(puller, blobReader, `${storage}/blobServices/default/containers/velero`);
        assert.match(await reconcile("bucket"), /^True: stored artifact/);
        await cluster.kubectl("delete", "bucket", "front", "-n", "flux-system");
    });

    it("gives no token to a pod without the label, whatever its service account", async () => {
        const labelled = await pod("velero", { account: "velero" });
        const spec = JSON.stringify({ spec: { serviceAccountName: "velero" } });
        await cluster.kubectl("run", "plain", "-n", "velero", "--image=registry.example/a:1", `--overrides=${spec}`);
        const plain = await pod("velero", { name: "plain" });
        await cluster.kubectl("delete", "pod", "plain", "-n", "velero");
        assert.equal(plain.audience, undefined);
        assert.equal(labelled.audience, "api://AzureADTokenExchange");
    });

    describe("with their roles elsewhere, and a credential for another service account", () => {
        before("moves the roles and changes the credential in Azure", async () => {
            const registryId = resource("Registry", "landfall-registry").id;
            await move(
                "landfall-velero-storage-blob-data-contributor",
                `${storage}/blobServices/default/containers/loki`,
            );
            await move("landfall-external-dns-dns-zone-contributor", registryId);
            await move("landfall-cert-manager-dns-zone-contributor", registryId);
            await move("landfall-source-controller-", vault);
            const subject = "system:serviceaccount:external-secrets:somebody";
            await azure.setCredential(resource("FederatedIdentityCredential", "landfall-external-secrets-"), {
                subject,
            });
        });

        it("refuses velero its own container, and lets it into the other", async () => {
            assert.match(await velero("PUT", "velero"), /^403 .*AuthorizationPermissionMismatch/);
            assert.match(await velero("PUT", "loki"), /^201 /);
        });

        it("refuses external-dns and cert-manager the zone", async () => {
            assert.match(await dns("external-dns", "PUT", `${zone}/A/www`, address), /^403 .*AuthorizationFailed/);
            assert.match(await dns("cert-manager", "PUT", `${zone}/TXT/_acme-challenge`, challenge), /^403 /);
        });

        it("refuses source-controller the registry, and says what it needs", async () => {
            const message = await reconcile("ocirepository");
            assert.match(message, /^False: .*oauth2\/.*authentication required/s);
            assert.match(probableCause(message) ?? message, /AcrPull on the registry/);
        });

        it("gives external-secrets no token of its identity", async () => {
            assert.match(await secret("external-secrets"), /^401 AADSTS700213: .*external-secrets:external-secrets'/);
        });

        it("lets all of them go on after pulumi up --refresh", async () => {
            await checkout.output("pulumi", "up", "--refresh", "--yes", "--skip-preview");
            assert.match(await velero("PUT", "velero"), /^201 /);
            assert.match(await dns("external-dns", "PUT", `${zone}/A/www`, address), /^200 /);
            assert.match(await dns("cert-manager", "PUT", `${zone}/TXT/_acme-challenge`, challenge), /^201 /);
            assert.match(await secret("external-secrets"), /^200 /);
            assert.match(await reconcile("ocirepository"), /^True: stored artifact/);
        });
    });

    /** Takes a role of the program away, and grants it on something else. */
    async function move(grant: string, scope: string): Promise<void> {
        const assignment = resource("RoleAssignment", grant);
        const { principalId = "", roleDefinitionId = "" } = assignment.inputs;
        await azure.revoke(assignment);
        await azure.grant(principalId, nameOf(roleDefinitionId), scope);
    }
});

/** The source of a chart, as a team's is. */
function chartOf(registry: string): object {
    return sourceOf("OCIRepository", {
        url: `oci://${registry}/charts/front`,
        ref: { semver: ">=0.1.0-0" },
        layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
    });
}

function bucketOf(endpoint: string): object {
    return sourceOf("Bucket", { endpoint, bucketName: "velero" });
}

function sourceOf(kind: string, spec: object): object {
    return {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind,
        metadata: { name: "front", namespace: "flux-system" },
        spec: { interval: "10m", provider: "azure", ...spec },
    };
}
