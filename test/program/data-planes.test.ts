import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { AzureDeployer } from "../support/azure-deployer";
import { Checkout } from "../support/checkout";
import { type Call, PodIdentity } from "../support/pod-identity";
import { smallTree } from "../support/small-tree";
import { stackResources } from "../support/stack-resources";
import { Team, until } from "../support/team";

const arm = "https://management.azure.com";
const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
/** Those that bring the pods, and the store of secrets. */
const layers = ["canary", "namespaces", "crds", "identities", "security", "infra", "infra-config"];
const blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const identities = "components/azure/workload-identities.ts";
const address = { properties: { TTL: 300, ARecords: [{ ipv4Address: "198.18.0.1" }] } };
const challenge = { properties: { TTL: 60, TXTRecords: [{ value: ["proof"] }] } };

/**
 * What acts in Azure from the cluster, link by link: pod, webhook, token of the service account, federated credential, role, data. The
 * pods are those of the tree's own releases; their programs do not run, and the test makes their calls. source-controller is real.
 */
describe("the workloads that act in Azure, in the sandbox", function () {
    this.timeout(600_000);
    const checkout = new Checkout({ systems: [...smallTree, "external-dns", "external-secrets", "velero"] });
    const cluster = new Team(checkout, "flux-system");
    let azure: AzureDeployer;
    let storage: string;
    let account: string;
    let zone: string;
    let vault: string;
    let registry: string;
    /** Object id of source-controller's identity. */
    let puller: string;

    before("starts staging, with a zone and a secret that the program does not make", async () => {
        checkout.edit("gitops/clusters/staging/kustomization.yaml", (text) =>
            text.replace(/^ *- \.\.\/base\/([a-z-]+)\.yaml\n/gm, (line, layer: string) =>
                layers.includes(layer) ? line : "",
            ),
        );
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        azure = new AzureDeployer(checkout.session());
        const resource = await stackResources(checkout);
        storage = resource("StorageAccount", "landfall-backups").id;
        account = nameOf(storage);
        registry = `${nameOf(resource("Registry", "landfall-registry").id)}.azurecr.io`;
        zone = resource("Zone", "landfall-zone").id;
        vault = resource("Vault", "landfall-vault").id;
        const other = zone.replace(nameOf(zone), "other.example");
        await azure.arm("PUT", other, "2023-07-01-preview", { location: "global" });
        const { principalId = "" } = resource("RoleAssignment", "landfall-vault-deployer").inputs;
        await assign(principalId, secretsOfficer, vault);
        puller = resource("RoleAssignment", "landfall-source-controller").inputs.principalId ?? "";
        await azure.vault("PUT", `https://${nameOf(vault)}.vault.azure.net/secrets/database`, { value: "a password" });
    });

    after(() => checkout.remove());

    const nameOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);
    const pod = (namespace: string, wanted: { account: string } | { name: string }) =>
        PodIdentity.of(checkout.session(), (...args) => cluster.kubectl(...args), namespace, wanted);

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
    /** Has source-controller read its source `front` now, and gives the message when the outcome is the expected one. */
    const reconcile = async (kind: string, ready: "True" | "False", message: RegExp) => {
        await cluster.reconcile(kind, "front");
        return until(message, () => cluster.refusal(kind, "front", "Ready", ready), `the ${kind}`, 90);
    };
    const assign = (principalId: string, role: string, scope: string) =>
        azure.arm(
            "PUT",
            `${scope}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`,
            "2022-04-01",
            {
                principalId,
                principalType: "ServicePrincipal",
                roleDefinitionId: `${azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
            },
        );

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
        const value = await until(/^[\w+/=]+$/, () => cluster.kubectl(...read).catch(String), "the Secret", 30);
        assert.equal(Buffer.from(value, "base64").toString("utf8"), "a password");
    });

    it("lets source-controller pull a chart that the team's pipeline pushed", async () => {
        const charts = ["front", "back"].map((name) => `examples/team-helm/charts/${name}`);
        const pushed = await checkout.run("push-charts", ...charts);
        assert.equal(pushed.code, 0, pushed.output);
        await apply(chartOf(registry));
        await reconcile("ocirepository", "True", /stored artifact for digest '0\.1\.0@sha256:/);
    });

    it("lets source-controller read blobs with a role, and not without", async () => {
        await apply(bucketOf(`https://${account}.blob.core.windows.net`));
        await reconcile("bucket", "False", /AuthorizationPermissionMismatch/);
        await assign(puller, blobReader, `${storage}/blobServices/default/containers/velero`);
        await reconcile("bucket", "True", /stored artifact/);
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

    describe("with their roles elsewhere, and a credential for somebody else", () => {
        let restore: () => void;
        let output: string;

        before(async () => {
            restore = checkout.edit(identities, (text) => misplaced.reduce(replaceOnce, text));
            ({ output } = await checkout.run("pulumi", "up", "--yes", "--skip-preview"));
        });

        it("refuses velero its own container, and lets it into the other", async () => {
            assert.match(await velero("PUT", "velero"), /^403 .*AuthorizationPermissionMismatch/, output);
            assert.match(await velero("PUT", "loki"), /^201 /);
        });

        it("refuses external-dns and cert-manager the zone", async () => {
            assert.match(await dns("external-dns", "PUT", `${zone}/A/www`, address), /^403 .*AuthorizationFailed/);
            assert.match(await dns("cert-manager", "PUT", `${zone}/TXT/_acme-challenge`, challenge), /^403 /);
        });

        it("refuses source-controller the registry, and says what it needs", async () => {
            const message = await reconcile("ocirepository", "False", /oauth2\/.*authentication required/s);
            assert.match(probableCause(message) ?? message, /AcrPull on the registry/);
        });

        it("gives external-secrets no token of its identity", async () => {
            assert.match(await secret("external-secrets"), /^401 AADSTS700213: .*external-secrets:external-secrets'/);
        });

        it("lets all of them go on when the program is put right", async () => {
            restore();
            const { code, output: healed } = await checkout.run("pulumi", "up", "--yes", "--skip-preview");
            assert.equal(code, 0, healed);
            assert.match(await velero("PUT", "velero"), /^201 /);
            assert.match(await dns("external-dns", "PUT", `${zone}/A/www`, address), /^200 /);
            assert.match(await dns("cert-manager", "PUT", `${zone}/TXT/_acme-challenge`, challenge), /^201 /);
            assert.match(await secret("external-secrets"), /^200 /);
            await reconcile("ocirepository", "True", /stored artifact/);
        });
    });
});

/** Changes of the program that leave every name as it is. */
const misplaced: readonly (readonly [string, string])[] = [
    [`blobs("velero", "velero", backups.containerIds.velero)`, `blobs("velero", "velero", backups.containerIds.loki)`],
    ["role: DNS_ZONE_CONTRIBUTOR, scope: zone.zoneId", "role: DNS_ZONE_CONTRIBUTOR, scope: registry.registryId"],
    ["role: ACR_PULL, scope: registry.registryId", "role: ACR_PULL, scope: vault.vaultId"],
    [`serviceAccount: "external-secrets"`, `serviceAccount: "external-secret"`],
];

function replaceOnce(text: string, [before, after]: readonly [string, string]): string {
    assert.ok(text.includes(before), before);
    return text.replace(before, after);
}

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
