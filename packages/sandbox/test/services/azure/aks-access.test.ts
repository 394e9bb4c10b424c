import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { clusterInputs, grant, ground, roles } from "../../../testing/azure-cluster";
import { deployer, TestSubscription } from "../../../testing/azure-subscription";

describe("logins to the Azure stand-in's clusters", () => {
    let subscription: TestSubscription;
    let body: Awaited<ReturnType<TestSubscription["put"]>>["body"];

    beforeEach(async () => {
        subscription = new TestSubscription();
        const base = await ground(subscription);
        await grant(subscription, base);
        const parameters = { resourceName: "aks" };
        ({ body } = await subscription.put("containerservice:ManagedCluster", parameters, clusterInputs(base, {})));
    });

    it("gives users a kubeconfig for kubelogin, and nobody a static one", async () => {
        const credentials = await subscription.arm(
            "POST",
            `${String(body.id)}/listClusterUserCredential?format=exec`,
            {},
        );
        const [entry] = credentials.body.kubeconfigs as { value: string }[];
        const kubeconfig = parse(Buffer.from(entry?.value ?? "", "base64").toString("utf8")) as {
            clusters: { cluster: { server: string } }[];
            users: { user: { exec: { args: string[] } } }[];
        };
        assert.equal(kubeconfig.clusters[0]?.cluster.server, `https://${String(body.fqdn)}:443`);
        assert.deepEqual(kubeconfig.users[0]?.user.exec.args.slice(0, 3), ["get-token", "--login", "devicecode"]);
        const admin = await subscription.arm("POST", `${String(body.id)}/listClusterAdminCredential`, {});
        assert.match(admin.message, /Getting static credential is not allowed/);
    });

    it("lets nobody into the cluster who has no data role there, not even the owner of the subscription", async () => {
        const id = String(body.id);
        const review = {
            user: deployer.objectId,
            groups: [],
            verb: "create",
            apiGroup: "apps",
            resource: "deployments",
            namespace: "default",
        };
        assert.equal(await subscription.azure.authorize(id, review), false);
        await subscription.assign(deployer.objectId, roles.aksReader, id);
        assert.equal(await subscription.azure.authorize(id, review), false);
        assert.equal(await subscription.azure.authorize(id, { ...review, verb: "list" }), true);
        assert.equal(
            await subscription.azure.authorize(id, { ...review, verb: "list", apiGroup: "", resource: "secrets" }),
            false,
        );
        await subscription.assign(deployer.objectId, roles.aksClusterAdmin, id);
        assert.equal(await subscription.azure.authorize(id, review), true);
    });

    it("says nothing of users that Entra does not know", async () => {
        assert.equal(
            await subscription.azure.authorize(String(body.id), {
                user: "system:admin",
                verb: "get",
                groups: ["system:masters"],
            }),
            false,
        );
    });
});
