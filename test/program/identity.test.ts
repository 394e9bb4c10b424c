import * as assert from "node:assert/strict";
import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";
import { keyVaultCanary, stagingSecret } from "../support/checkout-tree";
import type { Command } from "../support/command";
import { KeyOwner } from "../support/key-owner";
import { type StackResource, stackResources } from "../support/stack-resources";
import { until } from "../support/until";

const smtp = stagingSecret("apps", "smtp", "podinfo");
const vaultVersion = "2024-11-01";
const encryptionUser = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
const workloadLabel = "azure.workload.identity~1use";

interface FluxInstance {
    readonly spec: { readonly kustomize: { readonly patches: readonly { target: { name: string }; patch: string }[] } };
}

/**
 * The chain from kustomize-controller to the Key Vault key, link by link: pod, federated credential, identity, role,
 * key. The tests break each link in Azure or in the cluster, and repair it. The sandbox does not model the time that
 * Azure needs to spread a change.
 */
describe("decryption through Key Vault and workload identity", function () {
    const checkout = useCheckout(this);
    const owner = new KeyOwner(checkout);
    const { cluster } = owner;
    let azure: AzureDeployer;
    let credential: StackResource;
    let grant: StackResource;
    let keyUri: string;
    let up: Command;

    const grantOn = (scope: string, role = lastPart(grant.inputs.roleDefinitionId ?? ""), name?: string) =>
        azure.grant(grant.inputs.principalId ?? "", role, scope, name);
    const restoreGrant = () => grantOn(grant.inputs.scope ?? "", undefined, lastPart(grant.id));

    /** Has Flux decrypt the canaries now. Gives its message, which is about the commit if it can. */
    const decrypt = () => owner.reconcile("canary");
    const causeNow = async () => {
        const message = await decrypt();
        return probableCause(message) ?? message;
    };
    const heals = async () => assert.match(await decrypt(), /^Applied revision/);
    const upWithRefresh = () => checkout.output("pulumi", "up", "--refresh", "--yes", "--skip-preview");

    before("starts staging", async () => {
        await checkout.up();
        azure = new AzureDeployer(checkout.session());
        const resource = await stackResources(checkout);
        credential = resource("FederatedIdentityCredential", "landfall-kustomize-controller-");
        grant = resource("RoleAssignment", "landfall-kustomize-controller-");
        keyUri = String(resource("Key", "landfall-vault-sops").outputs.keyUriWithVersion);
    });

    it("needs no key to write a Secret of the tree", async () => {
        await owner.secretSucceeds("tree-house\n", ...smtp.set("password"));
        const file = checkout.read(smtp.file);
        assert.match(file, /password: ENC\[AES256_GCM/);
        assert.doesNotMatch(file, /tree-house/);
        assert.match(checkout.read(smtp.list), /smtp\.sops\.yaml/);
    });

    it("encrypts the environment's files to the stack's Key Vault key too, once the stack has one", async () => {
        owner.holdDemonstrationKey();
        await owner.secretSucceeds("", "recipients", "staging", "--stack", "staging");
        assert.match(await owner.secretSucceeds("", "check"), /Every Secret of the tree is encrypted/);
        const canary = checkout.read(`gitops/${keyVaultCanary}`);
        assert.ok(canary.includes(lastPart(keyUri)));
        assert.doesNotMatch(canary, /pgp:/);
        const both = checkout.read(smtp.file);
        assert.ok(both.includes("azure_kv:") && both.includes("pgp:"));
    });

    it("says in up and status which link is broken, while up waits for it", async () => {
        await azure.setCredential(credential, { subject: "system:serviceaccount:flux-system:somebody" });
        up = checkout.launch(["start"]);
        const broken =
            /federated credential flux-system-kustomize-controller-\w+ of .* has another subject than system:/;
        await up.shows(broken);
        await until(
            "status to name the link",
            async () => (await checkout.run("status")).stdout.replace(/\s+/g, " "),
            broken,
        );
        assert.match(await decrypt(), /AADSTS700213/);
    });

    it("names a credential for another audience, for another cluster, and one that is gone", async () => {
        await azure.setCredential(credential, { audiences: ["api://elsewhere"] });
        assert.match(await causeNow(), /does not accept the token's audience api:\/\/AzureADToken/);
        await azure.setCredential(credential, {
            issuer: "https://westeurope.oic.prod-aks.azure.com/another/cluster/",
        });
        assert.match(await causeNow(), /trusts another issuer than this cluster's/);
        await azure.removeCredential(credential);
        const cause = await causeNow();
        assert.match(cause, /is missing, or trusts another issuer/);
        assert.ok(cause.includes(String(credential.outputs.issuer)), cause);
    });

    it("lets up go on as soon as the credential is right, and Flux decrypts what Key Vault alone decrypts", async () => {
        await azure.setCredential(credential, {});
        await heals();
        const { code, output } = await up.ended;
        assert.equal(code, 0, output);
        assert.equal(await cluster.secret("flux-system", "decryption-canary-key-vault", "decrypted"), "yes");
        assert.equal(await cluster.secret("podinfo", "smtp", "password"), "tree-house");
    });

    it("names a role that is held at another vault only", async () => {
        await azure.revoke(grant);
        const group = grant.inputs.scope?.replace(/\/providers\/.*/, "") ?? "";
        const scope = `${group}/providers/Microsoft.KeyVault/vaults/kv-another`;
        await azure.arm("PUT", scope, vaultVersion, {
            location: "westeurope",
            properties: {
                tenantId: checkout.session().environment.ARM_TENANT_ID,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
            },
        });
        const other = await grantOn(scope);
        const message = await decrypt();
        assert.match(message, /ForbiddenByRbac/);
        assert.match(probableCause(message) ?? "", /keys\/sops: it needs the role Key Vault Crypto User there/);
        await azure.revoke(other);
    });

    it("names a role that wraps keys but does not decrypt, and heals with the right one", async () => {
        const other = await grantOn(grant.inputs.scope ?? "", encryptionUser);
        const message = await decrypt();
        assert.match(message, /keys\/decrypt\/action/);
        assert.match(probableCause(message) ?? "", /it needs the role Key Vault Crypto User there/);
        await azure.revoke(other);
        await restoreGrant();
        await heals();
    });

    it("names a version of the key that is disabled, and heals when it is enabled", async () => {
        await azure.vault("PATCH", keyUri, { attributes: { enabled: false } });
        const message = await decrypt();
        assert.match(message, /KeyDisabled/);
        assert.match(probableCause(message) ?? "", /is disabled: az keyvault key set-attributes .*\/keys\/sops\/\w+/);
        await azure.vault("PATCH", keyUri, { attributes: { enabled: true } });
        await heals();
    });

    it("names the pod that was not given an identity, when somebody took its label out of the installation", async () => {
        const { spec } = await cluster.get<FluxInstance>({ kind: "fluxinstance", name: "flux" });
        const at = spec.kustomize.patches.findIndex(
            ({ target, patch }) => target.name === "kustomize-controller" && patch.includes(workloadLabel),
        );
        assert.ok(at >= 0, "the installation has no patch that adds the label");
        const change = JSON.stringify([{ op: "remove", path: `/spec/kustomize/patches/${at}` }]);
        await cluster.kubectl("patch", "fluxinstance", "flux", "-n", "flux-system", "--type=json", "-p", change);
        // The old pod decrypts until the operator has replaced it.
        const broken = /the pod of kustomize-controller got no workload identity/;
        await until("a pod without the identity", causeNow, broken);
    });

    it("names the Secret with the PGP key when it is missing, and up --refresh puts everything back", async () => {
        await cluster.kubectl("delete", "secret", "-n", "flux-system", "sops-gpg");
        assert.match(await causeNow(), /Secret flux-system\/sops-gpg is missing/);
        await upWithRefresh();
        await heals();
    });

    it("rotates the Key Vault key: files of the old version stay readable until those of the new one are applied", async () => {
        const { key } = await azure.vault("POST", `${keyUri.replace(/\/[^/]+$/, "")}/rotate`);
        const newUri = (key as { kid: string }).kid;
        assert.notEqual(newUri, keyUri);
        await heals();
        await upWithRefresh();
        await owner.secretSucceeds("", "recipients", "staging", "--stack", "staging");
        await owner.secretSucceeds("", "rotate", "staging");
        for (const file of [`gitops/${keyVaultCanary}`, smtp.file]) {
            const text = checkout.read(file);
            assert.ok(text.includes(lastPart(newUri)) && !text.includes(lastPart(keyUri)), file);
        }
        await checkout.up();
        await azure.vault("PATCH", keyUri, { attributes: { enabled: false } });
        await heals();
        assert.equal(await cluster.secret("podinfo", "smtp", "password"), "tree-house");
    });
});

/** The name of a resource, or the version of a key, at the end of its address. */
function lastPart(address: string): string {
    return address.slice(address.lastIndexOf("/") + 1);
}
