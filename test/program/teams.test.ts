import * as assert from "node:assert/strict";
import * as path from "node:path";
import { listTeam } from "../../tools/tree/add-team";
import { Checkout } from "../support/checkout";
import { KeyOwner } from "../support/key-owner";
import { Team, until } from "../support/team";
import { TeamRepository } from "../support/team-repository";

const examples = path.join(__dirname, "../../examples");

/**
 * The two example teams, with the repositories of `examples/`. Not proved: image automation, whose controllers do not run in the
 * sandbox; that the images exist and serve.
 */
describe("the example teams", function () {
    this.timeout(480_000);
    const checkout = new Checkout();
    const helm = new Team(checkout, "team-helm");
    const kustomize = new Team(checkout, "team-kustomize");

    before("starts staging, then brings both teams in as docs/delivery.md says", async () => {
        const first = await checkout.start("staging");
        assert.equal(first.code, 0, first.output);
        const owner = new KeyOwner(checkout);
        owner.gpg("--import", path.join(__dirname, "../../packages/sandbox/keys/demonstration.private.asc"));
        for (const { name } of [helm, kustomize]) {
            const repository = new TeamRepository(checkout, owner, name);
            await repository.createSecret();
            await repository.create(path.join(examples, name));
        }
        [helm, kustomize].forEach(({ name }) => listTeam(checkout.path("gitops"), "staging", name));
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true, "a registry without charts makes nothing of the platform unready");
    });

    after(() => checkout.remove());

    it("deliver by Kustomize from a private repository, with names of their environment", async () => {
        const applied = () => kustomize.refusal("kustomization", "team", "Ready", "True");
        await until(/^Applied revision: main@sha1:/, applied, "the team's Kustomization");
        const host = ["get", "ingress", "app", "-n", kustomize.name, "-o", "jsonpath={.spec.rules[0].host}"];
        assert.match(await kustomize.kubectl(...host), /^app\.team-kustomize\.staging\./);
    });

    it("wait for the charts of a registry that is empty", async () => {
        const source = () => helm.refusal("ocirepository", "front", "Ready", "False");
        await until(/not found|unknown/i, source, "the source of the chart");
    });

    it("deliver by Helm what their pipeline pushes", async () => {
        await push("back", "front");
        const released = () => helm.refusal("helmrelease", "front", "Ready", "True");
        await until(/front@0\.1\.0/, released, "the release of the chart", 90);
        const image = ["get", "deployment", "front", "-n", helm.name, "-o", "jsonpath={..containers[0].image}"];
        assert.equal(await helm.kubectl(...image), "ghcr.io/stefanprodan/podinfo:6.14.1");
    });

    it("move to a newer version by the push alone", async () => {
        checkout.edit("examples/team-helm/charts/back/Chart.yaml", (text) => text.replace("0.1.0", "0.2.0-rc.1"));
        await push("back");
        const released = () => helm.refusal("helmrelease", "back", "Ready", "True");
        await until(/back@0\.2\.0-rc\.1/, released, "the release of the newer chart", 90);
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
        const { code, output } = await checkout.run(
            "push-charts",
            ...charts.map((c) => `examples/team-helm/charts/${c}`),
        );
        assert.equal(code, 0, output);
        for (const name of charts) {
            await helm.reconcile("ocirepository", name);
        }
    }
});
