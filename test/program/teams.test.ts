import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { listTeam } from "../../tools/tree/add-team";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { KeyOwner } from "../support/key-owner";
import { Team } from "../support/team";
import { mergePullRequest, readOutputs, teamPipeline } from "../support/team-pipeline";
import { TeamRepository } from "../support/team-repository";
import { until } from "../support/until";
import type { WorkflowRunner } from "../support/workflow-runner";
import { ensureRunning } from "@landfall/sandbox";

const examples = path.join(__dirname, "../../examples");
const environments = ["staging", "production"] as const;
type Environment = (typeof environments)[number];
const layers = ["canary", "namespaces", "crds", "security", "tenants"];
const pushRights = `  landfall:teamPipelines:
    team-helm: landfall-example/team-helm
    team-kustomize: landfall-example/team-kustomize
`;

/**
 * The two example teams, with the repositories of `examples/` and the steps of their pipelines, from a push to a pod:
 * to staging, and by a pull request to production. The test does not prove image automation, nor that an image that was
 * built starts: there is no container engine.
 */
describe("the example teams", function () {
    const checkout = useCheckout(this);
    const owner = new KeyOwner(checkout);
    const helm = new Team(checkout, "team-helm");
    const kustomize = new Team(checkout, "team-kustomize");
    const clusters = { staging: helm.cluster, production: new Cluster(checkout, "production") };
    const repositories = Object.fromEntries(
        [helm, kustomize].map(({ name }) => [name, new TeamRepository(checkout, owner, name)]),
    );
    const pipelines: Record<string, WorkflowRunner> = {};
    const pipeline = (team: Team) => pipelines[team.name]!;

    before("starts a sandbox, and brings both teams into both stacks as docs/delivery.md says", async () => {
        // Their repositories are there before the stacks.
        await ensureRunning({ repository: checkout.path(""), directory: checkout.sandbox }, 0);
        owner.holdDemonstrationKey();
        for (const [name, repository] of Object.entries(repositories)) {
            await repository.createSecrets(...environments);
            await repository.create(path.join(examples, name));
        }
        for (const environment of environments) {
            keepLayers(checkout, layers, environment);
            [helm, kustomize].forEach(({ name }) => listTeam(checkout.path("gitops"), environment, name));
            checkout.edit(`Pulumi.${environment}.yaml`, (text) => `${text.trimEnd()}\n${pushRights}`);
        }
        // Both become Ready although the registries are empty.
        await checkout.up();
        await checkout.up("production");
        const outputs = await readOutputs(checkout, ...environments);
        [helm, kustomize].forEach(({ name }) => (pipelines[name] = teamPipeline(checkout, name, outputs)));
    });

    /** The images of the pods of an app that are there, once they are the expected. */
    const running = (environment: Environment, team: string, app: string, images: RegExp) => {
        const list = ["get", "pods", "-n", team, "-l", `app.kubernetes.io/name=${app}`, "-o"];
        const ask = () => clusters[environment].answer(...list, "jsonpath={..containers[0].image}");
        return until(`pods of ${team}'s ${app} in ${environment}`, ask, images);
    };

    const fetched = (environment: Environment, kind: string, name: string, namespace: string) =>
        clusters[environment].reconcile({ kind, name, namespace });

    /**
     * Has Flux look at the registry, and waits until both releases have a version and have passed its tests. Gives
     * what the sources say of the charts, with their digests.
     */
    const released = async (environment: Environment, version: string) => {
        const sources: string[] = [];
        for (const name of ["back", "front"]) {
            sources.push((await fetched(environment, "ocirepository", name, helm.name)).message);
        }
        for (const name of ["back", "front"]) {
            const release = { kind: "helmrelease", name, namespace: helm.name };
            const ready = () => clusters[environment].message(release, "Ready", "True");
            const text = `^Helm test succeeded for .*${name}@${version}\\+\\w+: 1 test hook completed successfully`;
            await until(`${name} ${version} in ${environment}`, ready, new RegExp(text));
        }
        return sources;
    };

    /** Waits until a team's channel has a message about an object. */
    const told = (channel: string, about: string, what: RegExp) => {
        const ask = async () => {
            const { messages } = await checkout.status();
            const own = messages.filter((message) => message.channel === channel);
            return own.flatMap(({ text }) => (text.startsWith(`${about} `) ? [text] : []));
        };
        return until(`a message about ${about} in ${channel}`, ask, (texts) => texts.some((text) => what.test(text)));
    };

    it("wait for the charts of a registry that is empty", async () => {
        const source = () => helm.message("ocirepository", "front", "Ready", "False");
        await until("the source of the chart", source, /not found|unknown/i);
    });

    it("by Helm: a commit is built, tested with helm test, and runs in staging as a candidate", async () => {
        const ran = await pipeline(helm).push("ci", { ref: "refs/heads/main", runNumber: 7 });
        assert.deepEqual(ran, ["build", "push"]);
        await released("staging", "0.1.0-rc.7");
        await running("staging", helm.name, "front", /^\S+\.azurecr\.io\/team-helm\/front:0\.1\.0-rc\.7$/);
    });

    it("by Helm: a release runs in staging, and in production once its pull request is merged", async () => {
        const change = (folder: string) =>
            fs.appendFileSync(path.join(folder, "cmd/front/main.go"), "\n// Released.\n");
        await repositories[helm.name]!.commit("Release", change, "v0.1.0");
        const ran = await pipeline(helm).push("ci", { ref: "refs/tags/v0.1.0", runNumber: 8 });
        assert.deepEqual(ran, ["build", "push", "propose"]);
        const tried = await released("staging", "0.1.0");
        await running("staging", helm.name, "front", /^\S+\/front:0\.1\.0$/);
        assert.match((await fetched("production", "ocirepository", "front", helm.name)).message, /NAME_UNKNOWN/);

        assert.deepEqual(await mergePullRequest(checkout, helm.name, "promote/0.1.0"), ["deploy/production/version"]);
        await pipeline(helm).push("promote", { ref: "refs/heads/main", runNumber: 9 });
        assert.deepEqual(await released("production", "0.1.0"), tried);
        await running("production", helm.name, "front", /^\S+\/front:0\.1\.0 \S+\/front:0\.1\.0$/);
    });

    it("by Helm: a candidate in production's registry is passed over there", async () => {
        const pushed = await pipeline(helm).tryAs(
            "production",
            { repository: "landfall-example/team-helm", environment: "production" },
            "main",
            "ci/build.sh 0.2.0-rc.1 && ci/push.sh 0.2.0-rc.1",
        );
        assert.match(pushed, /Pushed: .*team-helm\/charts\/front:0\.2\.0-rc\.1/);
        const { message } = await fetched("production", "ocirepository", "front", helm.name);
        assert.match(message, /0\.1\.0@sha256:/);
    });

    it("by Kustomize: an image is built and pushed, and runs when the team's branch names it", async () => {
        await repositories[kustomize.name]!.commit(
            "Release",
            (folder) => {
                const file = path.join(folder, "deploy/staging/kustomization.yaml");
                fs.writeFileSync(path.join(folder, "VERSION"), "1.1.0\n");
                fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("newTag: 1.0.0", "newTag: 1.1.0"));
            },
            "v1.1.0",
        );
        const ran = await pipeline(kustomize).push("ci", { ref: "refs/tags/v1.1.0", runNumber: 3 });
        assert.deepEqual(ran, ["build", "push", "propose"]);
        await fetched("staging", "gitrepository", "team", kustomize.name);
        await running("staging", kustomize.name, "app", /\.azurecr\.io\/team-kustomize\/app:1\.1\.0$/);
        const host = ["get", "httproute", "app", "-n", kustomize.name, "-o", "jsonpath={.spec.hostnames[0]}"];
        assert.match(await kustomize.cluster.kubectl(...host), /^app\.team-kustomize\.staging\./);
    });

    it("by Kustomize: the same image runs in production once its pull request is merged", async () => {
        const changed = await mergePullRequest(checkout, kustomize.name, "promote/1.1.0");
        assert.deepEqual(changed, ["deploy/production/kustomization.yaml"]);
        await pipeline(kustomize).push("promote", { ref: "refs/heads/main", runNumber: 4 });
        await fetched("production", "gitrepository", "team", kustomize.name);
        await running("production", kustomize.name, "app", /\/team-kustomize\/app:1\.1\.0 .*\/app:1\.1\.0$/);
    });

    it("push below their own name alone", async () => {
        const theirs = { repository: "landfall-example/team-kustomize", environment: "staging" };
        const push = "ci/build.sh 9.0.0 && sed -i 's,/team-kustomize/,/team-helm/,' ci/push.sh && ci/push.sh 9.0.0";
        const refused = await pipeline(kustomize).tryAs("staging", theirs, "main", push);
        assert.match(refused, /gives no token for team-helm\/app: 401/);
    });

    it("get no token from jobs of another repository", async () => {
        const other = { repository: "landfall-example/team-kustomize", environment: "staging" };
        const refused = await pipeline(helm).tryAs("staging", other, "main", "ci/login.sh");
        assert.match(refused, /AADSTS700213.*repo:landfall-example\/team-kustomize:environment:staging/);
    });

    it("hear in a channel of their own what becomes of a push", async () => {
        for (const environment of environments) {
            await told(
                `team-helm-${environment}`,
                "helmrelease/front.team-helm",
                /Helm test succeeded .*front@0\.1\.0\+/,
            );
            await told(
                `team-kustomize-${environment}`,
                "kustomization/team.team-kustomize",
                /Deployment\/team-kustomize\/app configured/,
            );
        }
    });

    it("may not make the platform's source read another repository of the registry", async () => {
        const patch = JSON.stringify({ spec: { url: "oci://landfall.azurecr.io/charts/other" } });
        const which = ["ocirepository", "front", "-n", helm.name, "--type=merge", "-p", patch];
        const answer = await helm.asTeam("patch", ...which);
        assert.match(answer, /denied request: a tenant's source may not log in with the platform's own Azure identity/);
    });

    it("may not read the key of their repository for another, nor make image policies", async () => {
        assert.match(await helm.asTeam("get", "secret", "team-kustomize-git", "-n", kustomize.name), /is forbidden/);
        assert.match(await kustomize.asTeam("delete", "imagepolicy", "app", "-n", kustomize.name), /is forbidden/);
    });
});
