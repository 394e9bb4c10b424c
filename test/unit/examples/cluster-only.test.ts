import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import clusterOnly from "../../../examples/cluster-only/index";
import { azureMocks, deployer } from "../../support/azure";
import { dependsOn, deploy, type Deployment, isSecretOutput, only, valueOf } from "../../support/deploy";
import { checkSchema, findType } from "@landfall/sandbox/testing";

const azure = /^azure-native:/;

describe("examples/cluster-only", () => {
    let deployment: Deployment<Awaited<ReturnType<typeof clusterOnly>>>;

    const realFetch = globalThis.fetch;

    before(async () => {
        // There is no cluster yet.
        globalThis.fetch = () => Promise.resolve(new Response("", { status: 404 }));
        pulumi.runtime.setAllConfig({ "azure-native:location": "westeurope" });
        deployment = await deploy(clusterOnly, {
            ...azureMocks,
            "azure-native:authorization:getClientConfig": () => ({ ...deployer }),
            "azure-native:authorization:getClientToken": () => ({ token: "token" }),
        });
    });
    after(() => {
        globalThis.fetch = realFetch;
        pulumi.runtime.setAllConfig({});
    });

    it("makes a cluster, what it stands on and a registry, and nothing in Kubernetes", () => {
        const types = new Set(deployment.resources.map(({ type }) => type));
        for (const type of ["containerservice:ManagedCluster", "containerregistry:Registry", "network:Subnet"]) {
            assert.ok(types.has(`azure-native:${type}`), type);
        }
        assert.deepEqual(
            [...types].filter((type) => !/^(azure-native|landfall:azure|pulumi-nodejs:dynamic\/azure):/.test(type)),
            [],
        );
    });

    it("keeps to the schemas of Azure's own specifications", () => {
        for (const { type, name, inputs } of deployment.resources.filter(({ type }) =>
            type.startsWith("azure-native:"),
        )) {
            const known = findType(type.replace(azure, ""));
            assert.ok(known, type);
            assert.doesNotThrow(() => checkSchema(known, inputs), name);
        }
    });

    it("lets the nodes pull from the registry", () => {
        const registry = only(deployment.resources, "azure-native:containerregistry:Registry");
        const pull = only(deployment.resources, "azure-native:authorization:RoleAssignment", "-acr-pull");
        assert.ok(dependsOn(pull, registry));
    });

    it("can be destroyed with everything in it", () => {
        const kept = deployment.resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete);
        assert.deepEqual(kept, []);
    });

    it("gives the kubeconfig as a secret, and the registry's name", async () => {
        assert.equal(await isSecretOutput(deployment.result.kubeconfig), true);
        assert.match(await valueOf(deployment.result.registry), /\.azurecr\.io$/);
    });
});
