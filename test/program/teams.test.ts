import * as assert from "node:assert/strict";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { listTeams } from "../support/checkout-tree";
import { KeyOwner } from "../support/key-owner";
import { Team } from "../support/team";
import { TeamRepository } from "../support/team-repository";
import { until } from "../support/until";

const examples = path.join(__dirname, "../../examples");

interface Outputs {
    readonly registry: string;
}

/**
 * The two example teams, with the repositories of `examples/`. The test does not prove image automation, nor that the
 * images exist: what their pipelines push is test/workflows/team-pushes.test.ts's.
 */
describe("the example teams", function () {
    const checkout = useCheckout(this);
    const helm = new Team(checkout, "team-helm");
    const kustomize = new Team(checkout, "team-kustomize");

    before("starts staging, then brings both teams in as docs/delivery.md says", async () => {
        await checkout.up();
        const owner = new KeyOwner(checkout);
        owner.holdDemonstrationKey();
        for (const { name } of [helm, kustomize]) {
            const repository = new TeamRepository(checkout, owner, name);
            await repository.createSecrets("staging");
            await repository.create(path.join(examples, name));
        }
        listTeams(checkout, "team-helm", "team-kustomize");
        // The platform becomes Ready although the registry has no charts yet.
        await checkout.up();
    });

    it("deliver by Kustomize from a private repository, with names of their environment", async () => {
        const applied = () => kustomize.message("kustomization", "team", "Ready", "True");
        await until("the team's Kustomization", applied, /^Applied revision: main@sha1:/);
        const host = ["get", "httproute", "app", "-n", kustomize.name, "-o", "jsonpath={.spec.hostnames[0]}"];
        assert.match(await kustomize.cluster.kubectl(...host), /^app\.team-kustomize\.staging\./);
    });

    it("wait for the charts of a registry that is empty", async () => {
        const source = () => helm.message("ocirepository", "front", "Ready", "False");
        await until("the source of the chart", source, /not found|unknown/i);
    });

    it("deliver by Helm what their pipeline pushes", async () => {
        await push("back", "front");
        const released = () => helm.message("helmrelease", "front", "Ready", "True");
        await until("the release of the chart", released, /front@0\.1\.0/);
        const { registry } = JSON.parse(await checkout.output("pulumi", "stack", "output", "--json")) as Outputs;
        const image = ["get", "deployment", "front", "-n", helm.name, "-o", "jsonpath={..containers[0].image}"];
        assert.equal(await helm.cluster.kubectl(...image), `${registry}/team-helm/front:0.1.0`);
    });

    it("move to a newer version when their pipeline pushes it", async () => {
        checkout.edit("examples/team-helm/charts/back/Chart.yaml", (text) => text.replace("0.1.0", "0.2.0-rc.1"));
        await push("back");
        const released = () => helm.message("helmrelease", "back", "Ready", "True");
        await until("the release of the newer chart", released, /back@0\.2\.0-rc\.1/);
    });

    it("may not make the platform's source read another repository of the registry", async () => {
        const patch = JSON.stringify({ spec: { url: "oci://landfall.azurecr.io/charts/other" } });
        const answer = await helm.asTeam(
            "patch",
            "ocirepository",
            "front",
            "-n",
            helm.name,
            "--type=merge",
            "-p",
            patch,
        );
        assert.match(answer, /denied request: a tenant's source may not log in with the platform's own Azure identity/);
    });

    it("may not read the key of their repository for another, nor make image policies", async () => {
        assert.match(await helm.asTeam("get", "secret", "team-kustomize-git", "-n", kustomize.name), /is forbidden/);
        assert.match(await kustomize.asTeam("delete", "imagepolicy", "app", "-n", kustomize.name), /is forbidden/);
    });

    async function push(...charts: string[]): Promise<void> {
        await checkout.output(
            "push-charts",
            "--to",
            "team-helm/charts",
            ...charts.map((name) => `examples/team-helm/charts/${name}`),
        );
        for (const name of charts) {
            await helm.cluster.reconcile({ kind: "ocirepository", name, namespace: helm.name });
        }
    }
});
