import * as assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { stepsIn } from "../support/engine-steps";
import { stackResources } from "../support/stack-resources";

const stackFile = "Pulumi.staging.yaml";

describe("a preview by somebody who may read Azure and the fleet repository, and nothing else", function () {
    const checkout = useCheckout(this, { systems: [] });

    /** What a preview would do, as the deployer or as that somebody. */
    async function plan(command: "pulumi" | "preview") {
        const log = path.join(checkout.directory, `${command}.json`);
        const words = command === "pulumi" ? ["pulumi", "preview"] : ["preview"];
        const { code, output } = await checkout.run(...words, `--event-log=${log}`);
        assert.equal(code, 0, output);
        const steps = stepsIn(log).filter(({ op }) => op !== "same");
        return { output, steps: steps.map(({ op, urn }) => `${op} ${urn.split("::").slice(-2).join(" ")}`).sort() };
    }

    const setDeployer = (id: string) =>
        checkout.edit(stackFile, (text) => `${text}  landfall:deployerObjectId: ${id}\n`);

    let deployer: string;

    before("deploys a stack", async () => {
        keepLayers(checkout, ["canary"]);
        await checkout.up();
        const resource = await stackResources(checkout);
        const { inputs } = resource("RoleAssignment", "landfall-cluster-deployer-cluster-admin");
        deployer = inputs.principalId ?? "";
    });

    it("is refused the cluster by Azure, unless the settings say that somebody else deploys", async () => {
        const { code, output } = await checkout.run("preview");
        assert.notEqual(code, 0, output);
        assert.match(output, /AuthorizationFailed.*listClusterUserCredential/);
    });

    it("shows what the deployer would do, and says that it did not ask the cluster", async () => {
        setDeployer(deployer.toUpperCase());
        // What a new setting changes anyway: the engine hands all settings to dynamic providers.
        const known = "update pulumi:providers:pulumi-nodejs default";
        const idle = await plan("preview");
        assert.deepEqual(idle.steps, [known], idle.output);
        assert.match(idle.output, /the cluster is not asked, since whoever previews is not its deployer/);
        assert.match(idle.output, /not known before the update:\n +rights of the deployer: /);
        assert.match(idle.output, /list price a month: \$\d/);

        const restores = [
            checkout.edit(stackFile, (text) => text.replace("clusterTier: Free", "clusterTier: Standard")),
            // The deploy key, and the variables in the cluster.
            checkout.edit(stackFile, (text) => text.replace("imageAutomation: true", "imageAutomation: false")),
            checkout.edit("gitops/layers/canary/kustomization.yaml", (text) => `${text}# changed\n`),
        ];
        const azure = await checkout.azureResources();
        const head = await checkout.output("git", "rev-parse", "HEAD");
        const [own, others] = [await plan("pulumi"), await plan("preview")];
        restores.forEach((restore) => restore());
        for (const part of ["ManagedCluster", "ManifestCommit", "RepositoryDeployKey", "ConfigMap"]) {
            assert.ok(
                own.steps.some((step) => step.includes(part)),
                `${part} in\n${own.steps.join("\n")}`,
            );
        }
        assert.deepEqual(others.steps, own.steps);
        assert.deepEqual(await checkout.azureResources(), azure);
        assert.equal(await checkout.output("git", "rev-parse", "HEAD"), head);
    });

    it("of an update that the settings leave to another is refused", async () => {
        const other = randomUUID();
        const restore = checkout.edit(stackFile, (text) =>
            text.replace(/deployerObjectId: .*/, `deployerObjectId: ${other}`),
        );
        const { code, output } = await checkout.start("staging");
        restore();
        assert.equal(code, 1, output);
        assert.ok(
            output.includes(`landfall:deployerObjectId: ${other} deploys this stack, and you are ${deployer};`),
            output,
        );
        assert.match(output, /one problem, and nothing was changed/);
    });
});
