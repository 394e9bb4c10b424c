import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { control, type WorldStatus } from "@landfall/sandbox";
import { type ArmResource, AzureDeployer } from "../support/azure-deployer";
import { Checkout, type Running } from "../support/checkout";

const credentialVersion = "2023-01-31";
const assignmentVersion = "2022-04-01";
const vaultVersion = "2024-11-01";
const encryptionUser = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

interface StackResource {
    readonly urn: string;
    readonly id: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

interface Layer {
    readonly status: {
        readonly lastHandledReconcileAt?: string;
        readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    };
}

/**
 * The chain from kustomize-controller to the Key Vault key, link by link: pod, federated credential, identity, role, key.
 * Each is broken by what the deployer may do in Azure or in the cluster, and put right again. The time that Azure takes to
 * spread a change is not part of the sandbox.
 */
describe("the way of a Secret through Key Vault and workload identity, in the sandbox", function () {
    this.timeout(300_000);
    const checkout = new Checkout();
    const keyring = path.join(checkout.directory, "g");
    let azure: AzureDeployer;
    let credential: StackResource;
    let grant: StackResource;
    let keyUri: string;
    let kubeconfig: string;
    let up: Running;
    let restoreProgram: () => void;

    before(() => fs.mkdirSync(keyring, { mode: 0o700 }));
    after(() => checkout.remove());

    const kubectl = (...args: string[]) =>
        execFileSync(path.join(checkout.session().binaries, "kubectl"), ["--kubeconfig", kubeconfig, ...args], {
            encoding: "utf8",
            env: { ...process.env, KUBECACHEDIR: path.join(checkout.directory, "kube") },
        });
    const secretTool = async (input: string, ...args: string[]) => {
        const command = ["exec", "node", "tools/setup.mjs", "tools/secret/cli.ts", ...args];
        const run = await checkout.launch(command, { input, environment: { GNUPGHOME: keyring } }).ended;
        assert.equal(run.code, 0, run.output);
        return run.output;
    };
    const setCredential = (change: object) => {
        const { issuer, subject, audiences } = credential.outputs;
        return azure.arm("PUT", credential.id, credentialVersion, { issuer, subject, audiences, ...change });
    };
    const assign = (scope: string, role: string, name: string = crypto.randomUUID()) => {
        const { principalId, principalType } = grant.inputs;
        const roleDefinitionId = `${azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
        const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
        return azure.arm("PUT", id, assignmentVersion, { principalId, principalType, roleDefinitionId });
    };
    const unassign = ({ id }: { readonly id: string }) => azure.arm("DELETE", id, assignmentVersion);
    const restoreGrant = () => {
        const { scope = "", roleDefinitionId = "", roleAssignmentName = "" } = grant.inputs;
        return assign(scope, roleDefinitionId.split("/").at(-1) ?? "", roleAssignmentName);
    };

    /** Has Flux decrypt the canaries now. Gives its message, which is about the commit if it can. */
    const decrypt = async () => {
        const at = new Date().toISOString();
        const layer = ["kustomization", "-n", "flux-system", "canary"];
        kubectl("annotate", "--overwrite", ...layer, `reconcile.fluxcd.io/requestedAt=${at}`);
        for (;;) {
            const { status } = JSON.parse(kubectl("get", ...layer, "-o", "json")) as Layer;
            const ready = status.conditions.find(({ type }) => type === "Ready");
            if (status.lastHandledReconcileAt === at && ready && ready.status !== "Unknown") {
                return ready.message;
            }
            await new Promise((resolve) => setTimeout(resolve, 300));
        }
    };
    const heals = async () => assert.match(await decrypt(), /^Applied revision/);

    it("sets a Secret that everybody may write and nobody may read in the tree", async () => {
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        azure = new AzureDeployer(checkout.session());
        const { clusters } = await control<WorldStatus>(checkout.sandbox, "GET", "/status");
        kubeconfig = clusters[0]?.adminKubeconfig ?? "";
        const state = await checkout.run("pulumi", "stack", "export");
        const { deployment } = JSON.parse(state.output) as { deployment: { resources: StackResource[] } };
        const resource = (type: string, name: string) => {
            const found = deployment.resources.find(({ urn }) => urn.includes(`:${type}::${name}`));
            assert.ok(found, `${type} ${name}`);
            return found;
        };
        credential = resource("FederatedIdentityCredential", "landfall-kustomize-controller-");
        grant = resource("RoleAssignment", "landfall-kustomize-controller-");
        keyUri = String(resource("Key", "landfall-vault-sops").outputs.keyUriWithVersion);
        await secretTool(
            "tree-house\n",
            "set",
            "staging",
            "smtp",
            "password",
            "--layer",
            "apps",
            "--namespace",
            "podinfo",
        );
        const file = checkout.read("gitops/clusters/staging/smtp.sops.yaml");
        assert.match(file, /password: ENC\[AES256_GCM/);
        assert.doesNotMatch(file, /tree-house/);
        assert.match(checkout.read("gitops/clusters/staging/overlay/kustomization.yaml"), /- \.\.\/smtp\.sops\.yaml/);
    });

    it("encrypts the environment's files to the stack's Key Vault key too, once the stack has one", async () => {
        await checkout.launch(
            ["exec", "gpg", "--batch", "--import", "packages/sandbox/keys/demonstration.private.asc"],
            {
                environment: { GNUPGHOME: keyring },
            },
        ).ended;
        await secretTool("", "recipients", "staging", "--stack", "staging");
        assert.match(await secretTool("", "check"), /Every Secret of the tree is encrypted/);
        const canary = checkout.read("gitops/clusters/staging/decryption-canary-key-vault.sops.yaml");
        assert.ok(canary.includes(keyUri.split("/").at(-1) ?? "?"));
        assert.doesNotMatch(canary, /pgp:/);
        const both = checkout.read("gitops/clusters/staging/smtp.sops.yaml");
        assert.ok(both.includes("azure_kv:") && both.includes("pgp:"));
    });

    it("says in up and status which link is broken, while up waits for it", async () => {
        await setCredential({ subject: "system:serviceaccount:flux-system:somebody" });
        up = checkout.launch(["start"]);
        const broken =
            /federated credential flux-system-kustomize-controller-\w+ of .* has another subject than system:/;
        while (!broken.test(up.output())) {
            await new Promise((resolve) => setTimeout(resolve, 300));
        }
        assert.match((await checkout.run("status")).output, broken);
        assert.match(await decrypt(), /AADSTS700213/);
    });

    it("names a credential for another audience, for another cluster, and one that is gone", async () => {
        await setCredential({ audiences: ["api://elsewhere"] });
        assert.match(probableCause(await decrypt()) ?? "", /does not accept the token's audience api:\/\/AzureADToken/);
        await setCredential({ issuer: "https://westeurope.oic.prod-aks.azure.com/another/cluster/" });
        const issuer = String(credential.outputs.issuer);
        assert.match(probableCause(await decrypt()) ?? "", /trusts another issuer than this cluster's/);
        await azure.arm("DELETE", credential.id, credentialVersion);
        const cause = probableCause(await decrypt()) ?? "";
        assert.match(cause, /is missing, or trusts another issuer/);
        assert.ok(cause.includes(issuer), cause);
    });

    it("lets up go on as soon as the credential is right, and Flux decrypts what Key Vault alone decrypts", async () => {
        await setCredential({});
        await heals();
        const { code, output } = await up.ended;
        assert.equal(code, 0, output);
        const canary = kubectl("get", "secret", "-n", "flux-system", "decryption-canary-key-vault", "-o", "json");
        const { data } = JSON.parse(canary) as { data: { decrypted: string } };
        assert.equal(Buffer.from(data.decrypted, "base64").toString("utf8"), "yes");
        const smtp = kubectl("get", "secret", "-n", "podinfo", "smtp", "-o", "jsonpath={.data.password}");
        assert.equal(Buffer.from(smtp, "base64").toString("utf8"), "tree-house");
    });

    it("names a role that is held at another vault only", async () => {
        await unassign(grant);
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
        const other = await assign(scope, grant.inputs.roleDefinitionId?.split("/").at(-1) ?? "");
        const message = await decrypt();
        assert.match(message, /ForbiddenByRbac/);
        const cause = probableCause(message) ?? "";
        assert.match(cause, /keys\/sops: it needs the role Key Vault Crypto User there/);
        await unassign(other);
    });

    it("names a role that wraps keys but does not decrypt, and heals with the right one", async () => {
        const other: ArmResource = await assign(grant.inputs.scope ?? "", encryptionUser);
        const message = await decrypt();
        assert.match(message, /keys\/decrypt\/action/);
        assert.match(probableCause(message) ?? "", /it needs the role Key Vault Crypto User there/);
        await unassign(other);
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

    it("names the pod that was not given an identity", async () => {
        restoreProgram = checkout.edit("components/gitops/flux/flux.ts", (text) => {
            const label = "azure.workload.identity~1use";
            assert.ok(text.includes(label));
            return text.replace(label, "example.org~1use");
        });
        // It may end before the new pod has tried, and then succeeds.
        const { output } = await checkout.run("pulumi", "up", "--yes", "--skip-preview");
        let message = await decrypt();
        while (message.startsWith("Applied revision")) {
            message = await decrypt();
        }
        const broken = /the pod of kustomize-controller got no workload identity/;
        assert.match(probableCause(message) ?? message, broken, output);
    });

    it("names the Secret with the PGP key when it is missing, and up --refresh puts everything back", async () => {
        kubectl("delete", "secret", "-n", "flux-system", "sops-gpg");
        const message = await decrypt();
        assert.match(probableCause(message) ?? message, /Secret flux-system\/sops-gpg is missing/);
        restoreProgram();
        const { code, output } = await checkout.run("pulumi", "up", "--refresh", "--yes", "--skip-preview");
        assert.equal(code, 0, output);
        await heals();
    });

    it("rotates the Key Vault key: files of the old version stay readable until those of the new one are applied", async () => {
        const { key } = await azure.vault("POST", `${keyUri.replace(/\/[^/]+$/, "")}/rotate`);
        const newUri = String((key as { kid: string }).kid);
        assert.notEqual(newUri, keyUri);
        await heals();
        const refresh = await checkout.run("pulumi", "up", "--refresh", "--yes", "--skip-preview");
        assert.equal(refresh.code, 0, refresh.output);
        await secretTool("", "recipients", "staging", "--stack", "staging");
        await secretTool("", "rotate", "staging");
        const version = (uri: string) => uri.split("/").at(-1) ?? "?";
        for (const file of ["decryption-canary-key-vault", "smtp"]) {
            const text = checkout.read(`gitops/clusters/staging/${file}.sops.yaml`);
            assert.ok(text.includes(version(newUri)) && !text.includes(version(keyUri)), file);
        }
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        await azure.vault("PATCH", keyUri, { attributes: { enabled: false } });
        await heals();
        const smtp = kubectl("get", "secret", "-n", "podinfo", "smtp", "-o", "jsonpath={.data.password}");
        assert.equal(Buffer.from(smtp, "base64").toString("utf8"), "tree-house");
    });
});
