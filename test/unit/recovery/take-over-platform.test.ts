import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { ArmClient } from "../../../components/azure/arm-client";
import type { GitHubApi } from "../../../components/gitops/fleet/github-api";
import { takingOver } from "../../../components/recovery/take-over-platform";
import { azureMocks } from "../../support/azure";
import { deploy } from "../../support/deploy";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const group = `/subscriptions/${subscriptionId}/resourceGroups/durable`;
const vault = {
    type: "azure-native:keyvault:Vault",
    name: "landfall-vault",
    props: { resourceGroupName: "durable", vaultName: "vault", location: "westeurope" },
};
const cluster = {
    type: "azure-native:containerservice:ManagedCluster",
    name: "landfall-cluster",
    props: { resourceGroupName: "durable", resourceName: "aks", networkProfile: { serviceCidr: "172.20.0.0/16" } },
};
const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/vault`;
const clusterId = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;

describe("takingOver", () => {
    let folder: string;
    const removed: string[] = [];

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-take-over-"));
        removed.length = 0;
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    /** The options that a resource gets with this Azure, and a state that has these; undefined if they stay. */
    async function optionsOf(
        { type, name, props }: { readonly type: string; readonly name: string; readonly props: object },
        { bodies = {}, known = [], opts = {} }: Situation = {},
    ): Promise<pulumi.CustomResourceOptions | undefined> {
        const fetch = (url: string | URL | Request) => {
            const body = bodies[new URL(url instanceof Request ? url.url : url).pathname];
            return Promise.resolve(new Response(JSON.stringify(body ?? {}), { status: body ? 200 : 404 }));
        };
        const keys = [
            { id: 1, title: "flux staging", key: "ssh-ed25519 OLD", read_only: true },
            { id: 2, title: "flux staging", key: "ssh-ed25519 NEW comment", read_only: true },
            { id: 3, title: "of somebody else", key: "ssh-ed25519 OTHER", read_only: true },
        ];
        const call = (method: string, at: string) => Promise.resolve(removed.push(`${method} ${at}`));
        const github = { find: () => Promise.resolve(keys), call } as unknown as GitHubApi;
        const transform = takingOver({
            isMissing: (aType, aName) => !known.includes(`${aType} ${aName}`),
            places: { arm: new ArmClient("token", fetch), github, subscriptionId, owner: "acme" },
            file: path.join(folder, "asked.json"),
        });
        // As the engine hands it over: without an import, it is empty.
        const args = { type, name, props, custom: true, opts: { import: "", ...opts } };
        const result = await transform(args);
        return result?.opts;
    }

    it("imports what is there, and leaves to the engine what is not", async () => {
        const bodies = { [vaultId]: { location: "westeurope", properties: {} } };
        await deploy(async () => {
            assert.equal((await optionsOf(vault, { bodies }))?.import, vaultId);
            assert.equal(await optionsOf(vault), undefined);
        }, azureMocks);
    });

    it("leaves alone what the state has, what the program imports itself, and what is in another region", async () => {
        const bodies = { [vaultId]: { location: "northeurope", properties: {} } };
        const here = { [vaultId]: { location: "westeurope", properties: {} } };
        assert.equal(await optionsOf(vault, { bodies }), undefined);
        assert.equal(await optionsOf(vault, { bodies: here, known: [`${vault.type} ${vault.name}`] }), undefined);
        assert.equal(await optionsOf(vault, { bodies: here, opts: { import: "its own" } }), undefined);
    });

    it("ignores what Azure has filled in of a cluster, and writes down what the program asks", async () => {
        const shown = { networkProfile: { serviceCidr: "172.20.0.0/16", serviceCidrs: ["172.20.0.0/16"] } };
        const bodies = { [clusterId]: { properties: shown } };
        await deploy(async () => {
            const options = await optionsOf(cluster, { bodies, opts: { ignoreChanges: ["kubernetesVersion"] } });
            assert.equal(options?.import, clusterId);
            assert.deepEqual(options.ignoreChanges, ["kubernetesVersion", "networkProfile"]);
        }, azureMocks);
        const { type, name, props } = cluster;
        const written = JSON.parse(fs.readFileSync(path.join(folder, "asked.json"), "utf8")) as unknown;
        assert.deepEqual(written, [{ type, name, inputs: props }]);
    });

    it("removes the deploy keys of its own title that are not the new one", async () => {
        const type = "github:index/repositoryDeployKey:RepositoryDeployKey";
        const props = { repository: "fleet", title: "flux staging", key: "ssh-ed25519 NEW" };
        assert.equal(await optionsOf({ type, name: "landfall-fleet-deploy-key", props }), undefined);
        assert.deepEqual(removed, ["DELETE /repos/acme/fleet/keys/1"]);
    });
});

interface Situation {
    readonly bodies?: Readonly<Record<string, object>>;
    readonly known?: readonly string[];
    readonly opts?: pulumi.CustomResourceOptions;
}
